import type { Chain } from '@ploop/image';
import type { Below } from '@ploop/image/internal';

/**
 * What shows through from the parent of a snapshot: what comes from the images of both. If they are not the same images in the
 * same parts of the disk, nothing does, and all of the snapshot is its own.
 *
 * @param hidesLost - Whether what is lost must not show through: it becomes zeros.
 */
export function belowOf(
  snapshot: Pick<Chain, 'parts'>,
  parent: Pick<Chain, 'parts' | 'size'>,
  hidesLost: boolean,
): Below {
  const common = commonLayers(snapshot, parent);
  return {
    size: parent.size,
    has: ({ layer, zeroLayer }) => {
      const from = layer === -1 ? zeroLayer : layer;
      return from === undefined ? common !== undefined && !hidesLost : common?.has(from) === true;
    },
  };
}

/** Indexes of the layers that a snapshot has in common with its parent. */
function commonLayers(
  { parts }: Pick<Chain, 'parts'>,
  parent: Pick<Chain, 'parts'>,
): ReadonlySet<number> | undefined {
  if (parts.length !== parent.parts.length) return undefined;
  const common = new Set<number>();
  let first = 0;
  for (const [index, { start, layers }] of parts.entries()) {
    const below = parent.parts[index];
    if (below?.start !== start || below.layers.length > layers.length) return undefined;
    for (const [level, { source }] of below.layers.entries()) {
      if (source.file !== layers[level]?.source.file) return undefined;
      common.add(first + level);
    }
    first += layers.length;
  }
  return common;
}
