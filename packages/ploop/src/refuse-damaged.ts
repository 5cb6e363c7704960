import {
  checkDescriptor,
  DescriptorError,
  formatDiagnostic,
  type Diagnostic,
} from '@ploop/descriptor';
import { headerFileAt, refuseTooManyOpen, type Steps } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { failureOf } from './io/failure.ts';
import type { DiskState } from './state.ts';

/**
 * Refuses to change a disk that is damaged as a whole: the tool does not notice, and removes files that other shots
 * need.
 *
 * @param tolerated - Findings that the change at hand does not make worse.
 * @throws RefusedError `DISK_DAMAGED`
 */
export function refuseDamaged(
  { descriptor }: DiskState,
  tolerated: readonly Diagnostic['code'][] = [],
): void {
  const [finding] = checkDescriptor(descriptor).filter(
    ({ code, severity }) => severity === 'error' && !tolerated.includes(code),
  );
  if (finding !== undefined) throw damaged(finding);
}

/**
 * Refuses to let the tool remove a file that is no image: a descriptor can name any file of the machine. A file that is
 * missing passes, as there is nothing to lose.
 *
 * @throws RefusedError `DISK_DAMAGED`
 */
export function* refuseForeignFile(file: string): Steps<void> {
  try {
    yield* headerFileAt(file);
  } catch (error) {
    refuseTooManyOpen(file, error);
    if (!(error instanceof DescriptorError)) throw error;
    if (failureOf(error.cause) === 'ENOENT') return;
    const [finding] = error.diagnostics;
    throw finding === undefined ? error : damaged(finding);
  }
}

function damaged(finding: Diagnostic): RefusedError {
  return new RefusedError('DISK_DAMAGED', formatDiagnostic(finding), finding.hint, [finding]);
}
