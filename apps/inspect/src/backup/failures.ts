import { DescriptorError, diagnostic } from '@ploop/descriptor';

import { unwritable } from '../output/new-file.ts';

/** The error of a file that cannot be read. */
export function unreadable(file: string, cause: unknown): DescriptorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DescriptorError([diagnostic('FILE_UNREADABLE', { file, reason })], { cause });
}

/** Does what reads below a directory; what the system refuses is reported as the file that cannot be read. */
export const reading = reportedBy(unreadable);

/** Does what writes below a directory; what the system refuses is reported as the file that cannot be written. */
export const writing = reportedBy(unwritable);

function reportedBy(errorOf: (file: string, cause: unknown) => DescriptorError) {
  return async <Result>(directory: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      const { path } = error as NodeJS.ErrnoException;
      throw errorOf(path ?? directory, error);
    }
  };
}
