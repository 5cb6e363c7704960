import { checkDescriptor, formatDiagnostic, type Diagnostic } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import { foreignFileAt } from '@ploop/offline/internal';
import { RefusedError } from '@ploop/runner';

import type { DiskState } from '../state/state.ts';

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
 * Refuses to let the tool remove a file that is not an image.
 *
 * @throws RefusedError `DISK_DAMAGED`
 */
export function* refuseForeignFile(file: string): Steps<void> {
  const [finding] = yield* foreignFileAt(file);
  if (finding !== undefined) throw damaged(finding);
}

function damaged(finding: Diagnostic): RefusedError {
  return new RefusedError('DISK_DAMAGED', formatDiagnostic(finding), finding.hint, [finding]);
}
