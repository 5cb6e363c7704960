import { diagnostic, type Diagnostic, bytes, type Bytes } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  append,
  readerOf,
  type ReadAt,
  type Reader,
  runAsync,
  type Steps,
  type Content,
} from '@ploop/descriptor/internal';

import { CONTENTS } from '../arguments.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import { withCutPartitions } from '../partitions/cut-partitions.ts';
import type { PartitionTable } from '../partitions/partition.ts';
import { partitionsOn } from '../partitions/partitions.ts';
import type { DescribedFileSystem } from '../superblocks/file-system.ts';
import { contentsIn, contentsOnDisk } from '../superblocks/kinds/index.ts';
import { labelIn, type PlaceReader } from '../superblocks/labels.ts';
import { luksIn, type LuksHeader } from '../superblocks/luks.ts';
import { fileSystemIn } from '../superblocks/read-file-system.ts';
import { DISK_PIECES, readSuperblocks } from '../superblocks/superblocks.ts';
import { truncatedFinding } from '../superblocks/truncated.ts';
import { lostOnDisk, lostSuperblock } from './lost.ts';

/** How thoroughly to look. */
export interface SearchOptions {
  /** Whether to look for what is left of a table or a superblock where nothing is recognised: about 100 KiB more. */
  readonly search?: boolean;
}

/** Places that are searched for copies of superblocks: as many partitions as people make. */
const MOST_SEARCHED = 16;

/** A file system and where it is. */
export interface FoundFileSystem extends DescribedFileSystem {
  /** Number of its partition; `undefined` where the disk has none and the file system is all of it. */
  readonly partition: number | undefined;
  /** Where it begins on the disk. */
  readonly start: Bytes;
}

/** A LUKS header and where it is. */
export interface FoundLuks extends LuksHeader {
  /** Number of its partition; `undefined` where the disk has none. */
  readonly partition: number | undefined;
  /** Where it begins on the disk. */
  readonly start: Bytes;
}

/** Content that is recognised, and where it is. */
export interface FoundContent extends Content {
  /** Number of its partition; `undefined` where the disk has none. */
  readonly partition: number | undefined;
  /** Where it begins on the disk. */
  readonly start: Bytes;
}

/** What is on a disk, as far as partition table and superblocks report. */
export interface DiskContent {
  readonly partitionTable?: PartitionTable;
  /** In the order of the partitions; those that are not known are left out. */
  readonly fileSystems: readonly FoundFileSystem[];
  /** Places that LUKS encrypts, in the order of the partitions; absent if missing. */
  readonly luks?: readonly FoundLuks[];
  /**
   * What else is recognised by its signature: NTFS, FAT, exFAT, Btrfs, swap, LVM2, HFS+, APFS, ISO 9660 and others, in the
   * order of the partitions; absent if missing. A place can have several where an old signature was left.
   */
  readonly contents?: readonly FoundContent[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What is on a disk, without mounting it: partitions (GPT, MBR), file systems (ext2, ext3, ext4, XFS) with their label,
 * UUID, size and free space, LUKS headers, which say that a part is encrypted, and other kinds of content by their
 * signatures, with what their superblocks state.
 *
 * @param readAt - Reads the virtual disk, not the image.
 * @param size - Of the disk, in bytes.
 * @throws What `readAt` throws; nothing else.
 */
export async function identify(readAt: ReadAt, size: Bytes): Promise<DiskContent> {
  requireCall(CONTENTS.identify, [readAt, size]);
  return runAsync(contentOn(readerOf({ readAt }), size));
}

/** {@link identify} as steps. */
export function* contentOn(
  read: Reader,
  size: Bytes,
  { search = false }: SearchOptions = {},
): Steps<DiskContent> {
  const { table, diagnostics } = yield* partitionsOn(read, size);
  const places = table?.partitions ?? [{ number: undefined, start: bytes(0), length: size }];
  const findings: Diagnostic[] = [];
  const fileSystems: FoundFileSystem[] = [];
  const luks: FoundLuks[] = [];
  const disk = yield* readSuperblocks(read, bytes(0), size, DISK_PIECES);
  const contents: FoundContent[] = contentsOnDisk(disk).map((content) => ({
    ...{ partition: undefined, start: bytes(0) },
    ...content,
  }));
  let unknown = 0;
  for (const { number: partition, start, length } of places) {
    if (start >= size) continue;
    const there = bytes(Math.min(length, size - start));
    const header = yield* luksIn(read, start, there);
    if (header !== undefined) {
      luks.push({ partition, start, ...header });
      findings.push(diagnostic('LUKS_FOUND', { start, ...header }));
    }
    const found = yield* fileSystemIn(read, start, there);
    append(findings, found.diagnostics);
    const before = contents.length;
    if (found.fileSystem !== undefined) fileSystems.push({ partition, start, ...found.fileSystem });
    for (const content of contentsIn(yield* readSuperblocks(read, start, there))) {
      const label =
        content.label ?? (yield* labelIn(content.type, placeReader(read, start, there)));
      contents.push({ partition, start, ...content, label });
      append(findings, truncatedFinding(content, start, there));
    }
    const isKnown =
      header !== undefined ||
      found.fileSystem !== undefined ||
      found.diagnostics.length > 0 ||
      contents.length > before;
    if (!search || isKnown || (table === undefined && diagnostics.length + contents.length > 0))
      continue;
    unknown += 1;
    if (table === undefined) append(findings, yield* lostOnDisk(read, size));
    else if (unknown <= MOST_SEARCHED) append(findings, yield* lostSuperblock(read, start, there));
  }
  const held = [
    ...fileSystems.map(({ blocks, blockSize, ...rest }) => ({ ...rest, size: blocks * blockSize })),
    ...luks.map(({ partition }) => ({ type: 'luks' as const, partition })),
    ...contents,
  ];
  const ofTable = yield* withCutPartitions(read, diagnostics, table, held);
  return {
    ...(table === undefined ? {} : { partitionTable: table }),
    fileSystems,
    ...(luks.length > 0 && { luks }),
    ...(contents.length > 0 && { contents }),
    diagnostics: [...ofTable, ...findings],
  };
}

/** Reads within a place, and all that is asked for or nothing. */
function placeReader(read: Reader, start: Bytes, length: Bytes): PlaceReader {
  return function* (offset, count) {
    if (!(offset >= 0 && offset + count <= length)) return undefined;
    const found = yield* readBytes(read, start + offset, count);
    return found.length === count ? found : undefined;
  };
}
