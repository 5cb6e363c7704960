import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { diffChains, type ChangedRange } from '../image/diff-chains.ts';
import type { ExtentOptions } from '../image/extents.ts';
import { inodeKey } from './inode-key.ts';
import type { Snapshot } from './open-snapshot.ts';

/**
 * Where a snapshot can differ from another one of the same disk, in order and in whole clusters, without reading data:
 * the candidates for an incremental copy. What is not listed is equal. Files are told by inode, whatever their names.
 *
 * @throws DescriptorError with code `CHAIN_CLUSTER_SIZE` where they cannot be of one disk, and as reading does.
 */
export function diffSnapshots(
  older: Snapshot,
  newer: Snapshot,
  options: Pick<ExtentOptions, 'signal'> = {},
): AsyncGenerator<ChangedRange, void, undefined> {
  requireCall(NODE.diffSnapshots, [older, newer, options]);
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
