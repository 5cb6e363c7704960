import { statfs, type FileHandle } from 'node:fs/promises';

import type { ChainContent } from '@ploop/image';

/** What a file system stores of a file. */
export interface Allocation {
  /** Bytes, as `stat` counts them. */
  readonly bytes: number;
  /** Bytes of a block of the file system, as `stat` reports them. */
  readonly blockBytes: number;
  /** The kind of file system, as `statfs` reports it. */
  readonly type: number;
  /** Whether all that was written has its place: ext4 adds its tables only then. */
  readonly settled: boolean;
}

/** What the data of a disk need at least in a file of its own. */
interface Need {
  readonly bytes: number;
  /** Parts with at least one block that is not allocated between them. */
  readonly runs: number;
}

/** Of ext2, ext3 and ext4. */
const EXT4 = 0xef53;
/** An inode of ext4 has room for as many extents; more need blocks of their own, which count as the file's. */
const EXT4_INLINE = 4;
const EXT4_ENTRY_BYTES = 12;

/** What is stored of an open file, which has the path for the kind of its file system. */
export async function allocationOf(
  handle: FileHandle,
  path: string,
  settled: boolean,
): Promise<Allocation> {
  const [{ blocks, blksize }, { type }] = await Promise.all([handle.stat(), statfs(path)]);
  return { bytes: blocks * 512, blockBytes: blksize, type, settled };
}

/**
 * Whether a new file to which the data of a disk were written has blocks for these alone, so that the rest reads as
 * zero. What the data need and the tables of the file system are lower bounds: a single block more, and the answer is no.
 * Where less is stored the file system compresses, and nothing follows from its count.
 */
export async function holdsDataOnly(chain: ChainContent, allocation: Allocation): Promise<boolean> {
  const need = await needOf(chain, allocation.blockBytes);
  const { bytes } = allocation;
  return bytes >= need.bytes && bytes <= need.bytes + leastTables(need.runs, allocation);
}

async function needOf(chain: ChainContent, blockBytes: number): Promise<Need> {
  let [bytes, runs, lastEnd] = [0, 0, -1];
  for await (const segments of chain.segments())
    for (const { start, length, layer } of segments) {
      if (layer === -1) continue;
      bytes += length;
      if (Math.floor(start / blockBytes) > lastEnd) runs += 1;
      lastEnd = Math.ceil((start + length) / blockBytes);
    }
  return { bytes, runs };
}

/** Bytes of the blocks that so many runs of data need at least for the file system's own tables. */
function leastTables(runs: number, { type, settled, blockBytes }: Allocation): number {
  if (type !== EXT4 || !settled || runs <= EXT4_INLINE) return 0;
  const perBlock = Math.floor(blockBytes / EXT4_ENTRY_BYTES) - 1;
  let [blocks, level] = [0, runs];
  do {
    level = Math.ceil(level / perBlock);
    blocks += level;
  } while (level > EXT4_INLINE);
  return blocks * blockBytes;
}
