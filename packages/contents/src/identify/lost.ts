import { diagnostic, type Diagnostic, bytes, type Bytes } from '@ploop/descriptor';
import type { Reader, Steps } from '@ploop/descriptor/internal';

import { readGptCopy } from '../partitions/gpt-header.ts';
import { contentsIn } from '../superblocks/kinds/index.ts';
import { fileSystemIn } from '../superblocks/read-file-system.ts';
import { superblockCopy } from '../superblocks/superblock-copies.ts';
import { readSuperblocks } from '../superblocks/superblocks.ts';

const SECTOR_SIZES = [512, 4096];
/** Where partitioners let the first partition begin, in sectors of 512 bytes. */
const USUAL_STARTS = [2048, 63, 128, 256, 4096];

/** The findings about a disk on which nothing is recognised: signs of a partition table, or of a superblock, that is gone. */
export function* lostOnDisk(read: Reader, size: Bytes): Steps<readonly Diagnostic[]> {
  for (const sectorSize of SECTOR_SIZES) {
    const last = Math.floor(size / sectorSize) - 1;
    const copy = last > 1 ? yield* readGptCopy(read, last, sectorSize) : undefined;
    if (typeof copy !== 'object') continue;
    const { entries, entryBytes } = copy;
    const partitions = usedEntries(entries, entryBytes);
    // A table without partitions is not a sign that there was anything.
    if (partitions > 0)
      return [diagnostic('PARTITION_TABLE_LOST', { copy: last * sectorSize, partitions })];
  }
  const whole = yield* lostSuperblock(read, bytes(0), size);
  if (whole.length > 0) return whole;
  for (const sector of USUAL_STARTS) {
    const start = bytes(sector * 512);
    if (start >= size) continue;
    const there = bytes(size - start);
    const { fileSystem } = yield* fileSystemIn(read, start, there);
    const [content] = contentsIn(yield* readSuperblocks(read, start, there));
    const type = fileSystem?.type ?? content?.type;
    if (type !== undefined) return [diagnostic('PARTITION_TABLE_LOST', { type, start })];
  }
  return [];
}

/** The finding about a place in which nothing is recognised but a copy of a superblock. */
export function* lostSuperblock(
  read: Reader,
  start: Bytes,
  length: Bytes,
): Steps<readonly Diagnostic[]> {
  const copy = yield* superblockCopy(read, start, length);
  return copy === undefined ? [] : [diagnostic('SUPERBLOCK_LOST', { ...copy, start })];
}

function usedEntries(entries: Uint8Array, entryBytes: number): number {
  let used = 0;
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes)
    if (entries.subarray(at, at + 16).some((byte) => byte !== 0)) used += 1;
  return used;
}
