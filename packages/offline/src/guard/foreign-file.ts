import { DescriptorError, type Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { refuseTooManyOpen, runAsync, type Steps } from '@ploop/descriptor/internal';
import { failureOf } from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';
import { headerFileAt } from '../disk/load-header.ts';

/**
 * Why a file must not be removed: it is not a ploop image. A descriptor can name any file of the machine. A missing
 * file passes.
 *
 * @throws DescriptorError `TOO_MANY_OPEN_FILES` if no more files can be opened.
 */
export function foreignFileFindings(file: string): Promise<readonly Diagnostic[]> {
  return runAsync(foreignFileAt(file));
}

/** {@link foreignFileFindings} as steps. */
export function* foreignFileAt(file: string): Steps<readonly Diagnostic[]> {
  requireCall(OFFLINE.foreignFileAt, [file]);
  try {
    yield* headerFileAt(file);
    return [];
  } catch (error) {
    refuseTooManyOpen(file, error);
    if (!(error instanceof DescriptorError)) throw error;
    return failureOf(error.cause) === 'ENOENT' ? [] : error.diagnostics;
  }
}
