import { diagnostic, isRefusal, type Diagnostic } from './diagnostic.ts';

/** More findings than anybody reads; a hostile document of 64 MiB would have millions. */
const MOST = 10_000;

/** Gathers findings, all that count and a bounded number to look at. */
export interface Collector {
  /** `make` is called only for findings that are kept. */
  readonly add: (isRefused: boolean, make: () => Diagnostic) => void;
  readonly hasRefusal: () => boolean;
  /** The first refusal is always among them. */
  readonly all: () => readonly Diagnostic[];
}

/** A collector of nothing yet. */
export function createCollector(): Collector {
  const kept: Diagnostic[] = [];
  let omitted = 0;
  let refused = false;
  return {
    add: (isRefused, make) => {
      if (kept.length < MOST || (isRefused && !refused)) kept.push(make());
      else omitted += 1;
      refused ||= isRefused;
    },
    hasRefusal: () => refused,
    all: () =>
      omitted === 0 ? kept : [...kept, diagnostic('FINDINGS_OMITTED', { count: omitted })],
  };
}

/** Adds findings that are made already. */
export function addAll(collector: Collector, findings: Iterable<Diagnostic>): void {
  for (const finding of findings) collector.add(isRefusal(finding), () => finding);
}
