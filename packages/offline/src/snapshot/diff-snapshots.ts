import { requireCall } from '@ploop/descriptor/arguments';
import { inodeKey } from '@ploop/descriptor/node/internal';
import { diffChains, type ChangedRange, type ExtentOptions } from '@ploop/image';

import { OFFLINE } from '../arguments.ts';
import type { Snapshot } from './open-snapshot.ts';

/**
 * Where a snapshot can differ from another one of the same disk, in order and in whole clusters, without reading data:
 * the candidates for an incremental copy. What is not listed is equal. Files are compared by inode, whatever their names.
 *
 * @throws DescriptorError with code `CHAIN_CLUSTER_SIZE` where they cannot be of one disk, and as reading does.
 */
export function diffSnapshots(
  older: Snapshot,
  newer: Snapshot,
  options: Pick<ExtentOptions, 'signal'> = {},
): AsyncGenerator<ChangedRange, void, undefined> {
  requireCall(OFFLINE.diffSnapshots, [older, newer, options]);
  const { signal } = options;
  const keys = new Map(
    [older, newer].flatMap(({ layers, images }) =>
      layers.map((layer, index) => {
        const image = images[index];
        return [layer, image === undefined ? undefined : inodeKey(image.identity)] as const;
      }),
    ),
  );
  return diffChains(older, newer, {
    isSame: (one, other) => keys.get(one) === keys.get(other),
    ...(signal && { signal }),
  });
}
