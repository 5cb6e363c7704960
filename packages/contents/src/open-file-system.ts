import { requireCall } from '@ploop/descriptor/arguments';
import { type ReadAt, runAsync } from '@ploop/descriptor/internal';

import { CONTENTS } from './arguments.ts';
import { abortable } from './device/line-cache.ts';
import type { FileSystem } from './file-system.ts';
import { fileSystems } from './file-systems/index.ts';
import { createFindings, failure } from './findings/findings.ts';
import { makeFileSystem } from './make-file-system.ts';

/** How a file system is opened. */
export interface OpenFileSystemOptions {
  /** Of the place that holds it, in bytes. */
  readonly size: number;
  /** Ends what is being read, and refuses what is read later. */
  readonly signal?: AbortSignal;
  /**
   * Whether a journal that has to be replayed is, in memory: a snapshot of a running guest is a disk after a power cut.
   * The log of XFS never is. Default: true.
   */
  readonly replay?: boolean;
}

/**
 * Opens the file system, ext2, ext3, ext4 or XFS, that `readAt` reads: a disk without partitions, or one partition. Writes
 * nothing.
 *
 * @param readAt - Reads the file system from its first byte on.
 * @throws DescriptorError with code `FILE_SYSTEM_UNKNOWN`, `FEATURES_UNKNOWN` or `SUPERBLOCK_DAMAGED`; what `readAt`
 *   throws.
 */
export async function openFileSystem(
  readAt: ReadAt,
  options: OpenFileSystemOptions,
): Promise<FileSystem> {
  requireCall(CONTENTS.openFileSystem, [readAt, options]);
  const { size, signal, replay = true } = options;
  const read = abortable(readAt, signal);
  for (const open of fileSystems) {
    const findings = createFindings();
    const found = await runAsync(
      open(read, { size, replay }, findings, (tree) => makeFileSystem(tree, findings)),
    );
    if (found !== undefined) return found;
  }
  throw failure('FILE_SYSTEM_UNKNOWN', { size });
}
