import type { Report } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { lines, toJson } from './text.ts';

/** The JSON of a call that could not be carried out because of its arguments. */
export function refusedCall(message: string, hint: string): Report {
  const value = { error: { message, hint }, diagnostics: [] };
  return { stdout: lines([toJson(value)]), stderr: '', exitCode: ExitCode.cannot };
}
