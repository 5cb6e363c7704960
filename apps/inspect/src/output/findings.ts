import {
  formatDiagnostic,
  messageOf,
  printable,
  type Diagnostic,
  type Severity,
} from '@ploop/descriptor';
import { counted } from './counted.ts';

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Findings, the worst first, else as they were found. */
export function worstFirst(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return SEVERITIES.flatMap((severity) => findings.filter((one) => one.severity === severity));
}

/** Findings without those that say the same of the same. */
export function distinct(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return findings.filter(({ code, data, disk }) => {
    const key = JSON.stringify([code, data, disk]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Findings for people, the worst first: what each is, and what to do, once for all that have the same to do. */
export function describe(findings: readonly Diagnostic[]): readonly string[] {
  const ordered = worstFirst(findings);
  const hinted = groupsBy(ordered, ({ severity, hint }) => `${severity} ${hint}`);
  const said = new Map<string, string>();
  return hinted.flatMap((group) => {
    const [{ hint, code }] = group;
    const kinds = groupsBy(group, (finding) => finding.code);
    const above = said.get(hint);
    if (above === undefined) said.set(hint, code);
    return [
      ...kinds.flatMap((kind) =>
        kind.length > 1 && kind[0].code === 'ELEMENT_UNKNOWN' ? [summarized(kind)] : listed(kind),
      ),
      above === undefined ? `  ${hint}` : `  As for ${above} above.`,
    ];
  });
}

/** At least one finding. */
type Group = readonly [Diagnostic, ...Diagnostic[]];

/** Findings that have something in common, in the order of the first of each. */
function groupsBy(
  findings: readonly Diagnostic[],
  keyOf: (finding: Diagnostic) => string,
): readonly Group[] {
  const groups = new Map<string, [Diagnostic, ...Diagnostic[]]>();
  for (const finding of findings) {
    const group = groups.get(keyOf(finding));
    if (group === undefined) groups.set(keyOf(finding), [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** As many of a kind are listed: a file that was cut off has one finding for each cluster beyond its end. */
const MOST_OF_KIND = 5;

function listed(findings: Group): readonly string[] {
  const [first] = findings;
  const shown = findings.length > MOST_OF_KIND + 1 ? findings.slice(0, MOST_OF_KIND) : findings;
  const more = findings.length - shown.length;
  return [
    ...shown.map((finding) => `${finding.severity}: ${formatDiagnostic(finding)}`),
    ...(more === 0
      ? []
      : [`${first.severity}: ${first.code} ${String(more)} more; --json lists all`]),
  ];
}

const MOST_NAMED = 20;

/** Elements of other products come by the dozen: they are one line. */
function summarized(findings: Group): string {
  const [first] = findings;
  const elements = findings.flatMap(({ data }) => ('element' in data ? data.element : []));
  const names = [...new Set(elements)].map((name) => printable(name).slice(0, 40));
  const more = names.length > MOST_NAMED ? ', …' : '';
  const all = `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  const said = `the tool drops ${counted(names.length, 'element')} when it rewrites the descriptor`;
  return `${first.severity}: ${first.code} ${said}: ${all}`;
}

/** Findings for programs, the worst first, each with the sentence that people read. */
export function toRecords(findings: readonly Diagnostic[]): readonly object[] {
  return worstFirst(findings).map((finding) => ({ ...finding, message: messageOf(finding) }));
}
