import { formatDiagnostic } from '@ploop/descriptor';
import { findOutside } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import type { Source } from './source.ts';

/**
 * Refuses a disk whose descriptor or directory leads outside of where its files may be: the tool follows every name, and
 * changes or removes what it finds there.
 *
 * @throws RefusedError `DELTA_OUTSIDE`
 */
export async function refuseOutside({
  descriptorPath,
  confine,
}: Pick<Source, 'descriptorPath' | 'confine'>): Promise<void> {
  const [finding] = await findOutside(descriptorPath, { confine });
  if (finding !== undefined)
    throw new RefusedError('DELTA_OUTSIDE', formatDiagnostic(finding), finding.hint);
}
