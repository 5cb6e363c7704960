import {
  formatDiagnostic,
  messageOf,
  printable,
  type Diagnostic,
  type Severity,
} from '@ploop/descriptor';

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Findings, the worst first, else as they were found. */
export function worstFirst(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return SEVERITIES.flatMap((severity) => findings.filter((one) => one.severity === severity));
}

/** Findings for people, the worst first: what each is, and what to do, once for all of a kind. */
export function describe(findings: readonly Diagnostic[]): readonly string[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const finding of worstFirst(findings)) {
    const kind = `${finding.code} ${finding.hint}`;
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap((group) =>
    group.length > 1 && group[0]?.code === 'ELEMENT_UNKNOWN' ? summarized(group) : listed(group),
  );
}

/** As many of a kind are listed: a file that was cut off has one finding for each cluster behind its end. */
const MOST_OF_KIND = 5;

function listed(findings: readonly Diagnostic[]): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const shown = findings.length > MOST_OF_KIND + 1 ? findings.slice(0, MOST_OF_KIND) : findings;
  const more = findings.length - shown.length;
  return [
    ...shown.map((finding) => `${finding.severity}: ${formatDiagnostic(finding)}`),
    ...(more === 0
      ? []
      : [`${first.severity}: ${first.code} ${String(more)} more; --json lists all`]),
    `  ${first.hint}`,
  ];
}

const MOST_NAMED = 20;

/** Elements of other products come by the dozen: they are one line. */
function summarized(findings: readonly Diagnostic[]): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const elements = findings.flatMap(({ data }) => ('element' in data ? data.element : []));
  const names = [...new Set(elements)].map((name) => printable(name).slice(0, 40));
  const more = names.length > MOST_NAMED ? ', …' : '';
  const all = `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  const said = `the tool drops ${String(names.length)} elements when it rewrites the descriptor`;
  return [`${first.severity}: ${first.code} ${said}: ${all}`, `  ${first.hint}`];
}

/** Findings for programs, the worst first, each with the sentence that people read. */
export function toRecords(findings: readonly Diagnostic[]): readonly object[] {
  return worstFirst(findings).map((finding) => ({ ...finding, message: messageOf(finding) }));
}
