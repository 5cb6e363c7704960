import { diagnostic, type Diagnostic, isBase, guidKey, type Guid } from '@ploop/descriptor';
import { timeText } from '@ploop/descriptor/node/internal';

import { ofVolume } from '../disk/load-disk.ts';
import type { PlacedImage } from '../disk/placed-images.ts';

/** An image and when its file was written. */
export interface WrittenImage {
  readonly placed: PlacedImage;
  /** Milliseconds since 1970. */
  readonly modified: bigint;
}

/** Differences up to this mean nothing: some file systems store times to two seconds. */
const SLACK = 2_000n;

/** The findings about images that were written after one above them: a disk writes to none but the top. */
export function parentsNewer(images: readonly WrittenImage[]): readonly Diagnostic[] {
  const keyOf = (storage: number, guid: Guid): string => `${String(storage)} ${guidKey(guid)}`;
  const byShot = new Map(
    images.flatMap((image) => {
      const { node, storage } = image.placed;
      return node === undefined ? [] : [[keyOf(storage, node.guid), image] as const];
    }),
  );
  const reported = new Set<WrittenImage>();
  return images.flatMap(({ placed: { node, storage, file }, modified }) => {
    if (node === undefined || isBase(node)) return [];
    const parent = byShot.get(keyOf(storage, node.parentGuid));
    if (parent === undefined || reported.has(parent)) return [];
    if (parent.modified <= modified + SLACK) return [];
    reported.add(parent);
    const { guid, file: below, volume } = parent.placed;
    const times = { modified: timeText(parent.modified), childModified: timeText(modified) };
    return ofVolume(volume, [
      diagnostic('PARENT_NEWER', { guid, file: below, child: file, ...times }),
    ]);
  });
}
