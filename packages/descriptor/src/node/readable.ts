import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import type { Steps } from '../steps.ts';
import { tooManyOpen } from '../too-many-open.ts';
import { reasonOf } from './failure.ts';

/** Turns the failure of a file operation into a finding. */
export function* readable<Result>(file: string, steps: Steps<Result>): Steps<Result> {
  try {
    return yield* steps;
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
}

/** The error of a file that cannot be read; `TOO_MANY_OPEN_FILES` if it was not opened for that reason. */
export function unreadableFile(
  file: string,
  cause: unknown,
  about: { readonly option?: 'confine' } = {},
): DescriptorError {
  const exhausted = tooManyOpen(file, cause);
  if (exhausted !== undefined) return exhausted;
  const reason = reasonOf(cause);
  return new DescriptorError([diagnostic('FILE_UNREADABLE', { file, reason, ...about })], {
    cause,
  });
}
