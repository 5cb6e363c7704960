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
function worstFirst(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return SEVERITIES.flatMap((severity) => findings.filter((one) => one.severity === severity));
}

/** Findings for people, the worst first: what each is, and what to do. */
export function describe(findings: readonly Diagnostic[]): readonly string[] {
  const dropped = findings.filter(({ code }) => code === 'ELEMENT_UNKNOWN');
  return worstFirst(findings).flatMap((finding) => {
    if (dropped.length < 2 || finding.code !== 'ELEMENT_UNKNOWN')
      return [`${finding.severity}: ${formatDiagnostic(finding)}`, `  ${finding.hint}`];
    return finding === dropped[0] ? summarized(dropped) : [];
  });
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
