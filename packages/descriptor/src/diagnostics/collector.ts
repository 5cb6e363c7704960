import type { DiagnosticCode } from './codes.ts';
import { diagnostic, isRefusing, type Diagnostic } from './diagnostic.ts';

/** More findings than anybody reads; a hostile document of 64 MiB would have millions. */
const MOST = 10_000;

/** Gathers findings, all that count and a bounded number to look at. */
export interface Collector {
  /** `make` is called only for findings that are kept. */
  readonly add: (code: DiagnosticCode, make: () => Diagnostic) => void;
  readonly hasRefusal: () => boolean;
  /** The first finding of each code is always among them. */
  readonly all: () => readonly Diagnostic[];
}

/** A collector of nothing yet. */
export function createCollector(): Collector {
  const kept: Diagnostic[] = [];
  const seen = new Set<DiagnosticCode>();
  let omitted = 0;
  return {
    add: (code, make) => {
      if (kept.length < MOST || !seen.has(code)) kept.push(make());
      else omitted += 1;
      seen.add(code);
    },
    hasRefusal: () => [...seen].some(isRefusing),
    all: () =>
      omitted === 0 ? kept : [...kept, diagnostic('FINDINGS_OMITTED', { count: omitted })],
  };
}
