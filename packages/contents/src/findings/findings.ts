import {
  DescriptorError,
  diagnostic,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticData,
} from '@ploop/descriptor';

/** More findings than anybody reads; a hostile disk has millions. */
const MOST = 10_000;

/** What is wrong with a file system, as far as it has been read. */
export interface Findings {
  readonly report: Report;
  /** Keeps the findings of what could not be read. */
  readonly note: (error: DescriptorError) => void;
  readonly all: () => readonly Diagnostic[];
}

/** Keeps a finding, once. */
export type Report = <Code extends DiagnosticCode>(code: Code, data: DiagnosticData[Code]) => void;

/** A collection of nothing yet. */
export function createFindings(): Findings {
  const kept = new Map<string, Diagnostic>();
  let omitted = 0;
  const keep = (finding: Diagnostic): void => {
    const key = `${finding.code} ${JSON.stringify(finding.data)}`;
    if (kept.has(key)) return;
    if (kept.size < MOST) kept.set(key, finding);
    else omitted += 1;
  };
  return {
    report: (code, data) => {
      keep(diagnostic(code, data));
    },
    note: (error) => {
      error.diagnostics.forEach(keep);
    },
    all: () =>
      omitted === 0
        ? [...kept.values()]
        : [...kept.values(), diagnostic('FINDINGS_OMITTED', { count: omitted })],
  };
}

/** The error of what cannot be read. */
export function failure<Code extends DiagnosticCode>(
  code: Code,
  data: DiagnosticData[Code],
): DescriptorError {
  return new DescriptorError([diagnostic(code, data)]);
}
