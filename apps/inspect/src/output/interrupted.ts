import type { Report } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { lines } from './text.ts';

/** The report of work that its signal has ended; `undefined` if it failed for another reason. */
export function interrupted(
  error: unknown,
  signal: AbortSignal | undefined,
  said = 'interrupted',
): Report | undefined {
  if (signal?.aborted !== true || error !== signal.reason) return undefined;
  return { stdout: '', stderr: lines([said]), exitCode: ExitCode.cannot };
}
