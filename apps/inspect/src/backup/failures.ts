import { DescriptorError, diagnostic } from '@ploop/descriptor';

import { unwritable } from '../output/new-file.ts';

/** The error of a file that cannot be read. */
export function unreadable(file: string, cause: unknown): DescriptorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DescriptorError([diagnostic('FILE_UNREADABLE', { file, reason })], { cause });
}

/** Does what reads below a directory; what the system refuses is reported as the file that cannot be read. */
export async function reading<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isOfSystem(error) ? unreadable(error.path ?? directory, error) : error;
  }
}

/** Does what writes below a directory; what the system refuses is reported as the file that cannot be written. */
export async function writing<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isOfSystem(error) ? unwritable(error.path ?? directory, error) : error;
  }
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
