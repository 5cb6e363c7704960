import { diagnostic, type Diagnostic, bytes, type Bytes } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  readerOf,
  type ReadAt,
  type Reader,
  runAsync,
  type Steps,
} from '@ploop/descriptor/internal';

import { CONTENTS } from '../arguments.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import { EXT_AT, parseExt } from './ext.ts';
import type { DescribedFileSystem, FileSystemResult, SuperblockFlaw } from './file-system.ts';
import { truncatedFinding } from './truncated.ts';
import { parseXfs, XFS_BYTES } from './xfs.ts';

const EXT_BYTES = 1024;

interface Kind {
  /** As the findings name it. */
  readonly family: 'ext' | 'xfs';
  readonly at: number;
  readonly length: number;
  readonly parse: (block: Uint8Array) => DescribedFileSystem | SuperblockFlaw | undefined;
}

const kinds: readonly Kind[] = [
  { family: 'xfs', at: 0, length: XFS_BYTES, parse: parseXfs },
  { family: 'ext', at: EXT_AT, length: EXT_BYTES, parse: parseExt },
];

/**
 * The file system, ext2, ext3, ext4 or XFS, in a part of a disk: what its first superblock says. Reads at most 34 KiB.
 *
 * @param start - Where the part begins, in bytes: 0 for a disk without partitions.
 * @param length - Of the part, in bytes.
 * @throws What `readAt` throws; nothing else.
 */
export async function describeFileSystem(
  readAt: ReadAt,
  start: Bytes,
  length: Bytes,
): Promise<FileSystemResult> {
  requireCall(CONTENTS.describeFileSystem, [readAt, start, length]);
  return runAsync(fileSystemIn(readerOf({ readAt }), start, length));
}

/** {@link describeFileSystem} as steps. */
export function* fileSystemIn(read: Reader, start: Bytes, length: Bytes): Steps<FileSystemResult> {
  const damaged: Diagnostic[] = [];
  for (const { family, at, length: most, parse } of kinds) {
    const wanted = Math.min(most, length - at);
    const block = wanted <= 0 ? undefined : yield* readBytes(read, start + at, wanted);
    if (block === undefined || block.length < Math.min(most, EXT_BYTES)) continue;
    const parsed = parse(block);
    if (parsed === undefined) continue;
    if (typeof parsed !== 'string') return judge(parsed, start, length);
    damaged.push(diagnostic('SUPERBLOCK_DAMAGED', { family, position: start + at, field: parsed }));
  }
  return { diagnostics: damaged };
}

function judge(fileSystem: DescribedFileSystem, start: Bytes, length: Bytes): FileSystemResult {
  const { type, blocks, blockSize, clean } = fileSystem;
  const diagnostics = [
    ...truncatedFinding({ type, size: bytes(blocks * blockSize) }, start, length),
    ...(clean === false ? [diagnostic('FILE_SYSTEM_UNCLEAN', { type, start })] : []),
  ];
  return { fileSystem, diagnostics };
}
