const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
/** The default block size of `mkfs.xfs`. */
const XFS_BLOCK = 4096;
/** The smallest allocation group that `mkfs.xfs` makes. */
const XFS_LEAST_GROUP = 16 * MIB;

/** A place of a superblock copy in an ext file system, in blocks from its beginning. */
export interface ExtPlace {
  readonly group: number;
  readonly blockSize: number;
  readonly block: number;
}

/** Block groups that have a copy in every file system that has one at all. */
const EXT_GROUPS = [1, 3];
const EXT_BLOCK_SIZES = [1024, 2048, 4096];
/**
 * A group usually has as many blocks as a block of its map has bits. With `bigalloc` each bit stands for several blocks,
 * with `mke2fs -g` a group has fewer.
 */
const EXT_GROUP_FACTORS = [1, 16, 2, 4, 8, 32, 64, 128, 256, 1 / 2, 1 / 4, 1 / 8, 1 / 16];

/** Where ext file systems of a length have copies of their superblock, the usual places first. */
export function* extPlaces(length: number): Generator<ExtPlace> {
  for (const factor of EXT_GROUP_FACTORS)
    for (const group of EXT_GROUPS)
      for (const blockSize of EXT_BLOCK_SIZES)
        // Blocks of 1 KiB count from 1, unless `bigalloc` is on.
        for (const first of blockSize === 1024 ? [1, 0] : [0]) {
          const block = group * 8 * blockSize * factor + first;
          if ((block + 1) * blockSize <= length) yield { group, blockSize, block };
        }
}

/** By how many allocation groups mkfs divides a file system, the usual numbers first. */
const XFS_GROUPS = [4, 2, 8, 16, 32, ...Array.from({ length: 127 }, (_, index) => index + 2)];
/** Numbers of groups that mkfs chooses by itself, and the stripe units in blocks to which it rounds a group then. */
const XFS_STRIPED = { groups: [4, 8, 16, 32], units: [2, 4, 8, 16, 32, 64, 128, 256] };
/** Sizes of groups in a file system that has grown since: multiples of a step up to an end. */
const XFS_STEPS = [
  { step: MIB, end: GIB },
  { step: 16 * MIB, end: 16 * GIB },
];

/** Where XFS file systems of a length have copies of their superblock, in bytes, the usual places first. */
export function* xfsPlaces(length: number): Generator<number> {
  const blocks = Math.floor(length / XFS_BLOCK);
  const seen = new Set<number>();
  for (const at of everyXfsPlace(blocks)) {
    if (at < XFS_LEAST_GROUP || at + XFS_BLOCK > length || seen.has(at)) continue;
    seen.add(at);
    yield at;
  }
}

function* everyXfsPlace(blocks: number): Generator<number> {
  for (const groups of XFS_GROUPS) {
    yield Math.ceil(blocks / groups) * XFS_BLOCK;
    yield Math.floor(blocks / groups) * XFS_BLOCK;
  }
  for (const groups of XFS_STRIPED.groups)
    for (const unit of XFS_STRIPED.units) {
      const units = Math.floor(blocks / groups / unit);
      for (const more of [0, -1, 1]) yield (units + more) * unit * XFS_BLOCK;
    }
  for (const { step, end } of XFS_STEPS)
    for (let at = step; at <= end && at < blocks * XFS_BLOCK; at += step) yield at;
}
