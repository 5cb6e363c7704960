import { diagnostic, type Diagnostic } from './diagnostics/diagnostic.ts';
import { DescriptorError } from './errors.ts';

/** Whose limit of open files an operation has reached, by the code of the system. */
const LIMITS = new Map<unknown, 'process' | 'system'>([
  ['EMFILE', 'process'],
  ['ENFILE', 'system'],
]);

/** Whether an operation failed because no more files can be opened, which is not the fault of any file. */
export function isTooManyOpen(cause: unknown): boolean {
  return tooManyOpen('', cause) !== undefined;
}

/** The error of a file that was not opened because too many are; `undefined` if something else failed. */
export function tooManyOpen(file: string, cause: unknown): DescriptorError | undefined {
  if (cause instanceof DescriptorError)
    return cause.code === 'TOO_MANY_OPEN_FILES' ? cause : undefined;
  const limit = cause instanceof Error && 'code' in cause ? LIMITS.get(cause.code) : undefined;
  if (limit === undefined) return undefined;
  return new DescriptorError([diagnostic('TOO_MANY_OPEN_FILES', { file, limit })], { cause });
}

/**
 * Called before the failure of an operation is taken for a fact about a file.
 *
 * @throws DescriptorError `TOO_MANY_OPEN_FILES` if no more files can be opened.
 */
export function refuseTooManyOpen(file: string, cause: unknown): void {
  const error = tooManyOpen(file, cause);
  if (error !== undefined) throw error;
}

/**
 * The findings that an error holds about a disk.
 *
 * @throws The error itself if it does not report anything about the disk: `TOO_MANY_OPEN_FILES`, and what is not a DescriptorError.
 */
export function findingsIn(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof DescriptorError) || isTooManyOpen(error)) throw error;
  return error.diagnostics;
}
