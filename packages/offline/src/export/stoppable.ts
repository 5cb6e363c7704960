import type { ExportOptions } from './export-options.ts';

/** What stops an export: the signal of its caller, and a callback of its caller that throws. */
export function stoppable({
  signal,
  progress,
}: ExportOptions): Required<Pick<ExportOptions, 'signal' | 'progress'>> {
  const stop = new AbortController();
  return {
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    progress: (reached) => {
      if (stop.signal.aborted) return;
      try {
        progress?.(reached);
      } catch (error) {
        stop.abort(error);
      }
    },
  };
}
