import { formatDiagnostic, type Diagnostic } from '@ploop/descriptor';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { findOutside } from '@ploop/offline';
import { findLinksOutside } from '@ploop/offline/internal';
import { RefusedError } from '@ploop/runner';

import type { Source } from '../state/source.ts';

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
  refuseFirst(await findOutside(descriptorPath, { confine }));
}

/**
 * Refuses to make a descriptor where a symlink would lead the tool out of its directory.
 *
 * @throws RefusedError `DELTA_OUTSIDE`
 */
export async function refuseLinksOutside(
  directory: string,
  image: string,
  options: ConfineOptions,
): Promise<void> {
  refuseFirst(await findLinksOutside(directory, image, options));
}

function refuseFirst([finding]: readonly Diagnostic[]): void {
  if (finding !== undefined)
    throw new RefusedError('DELTA_OUTSIDE', formatDiagnostic(finding), finding.hint);
}
