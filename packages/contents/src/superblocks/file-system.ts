import type { Diagnostic, Bytes } from '@ploop/descriptor';

/** What the superblock of a file system says. */
export interface DescribedFileSystem {
  readonly type: 'ext2' | 'ext3' | 'ext4' | 'xfs';
  readonly label: string | undefined;
  /** Lower case, no braces. */
  readonly uuid: string;
  readonly blockSize: Bytes;
  /** Of `blockSize`, those that the file system itself needs included. */
  readonly blocks: number;
  /** Of `blockSize`, those that only root may use included. */
  readonly freeBlocks: number;
  /** XFS makes inodes as it needs them: those that there are so far. */
  readonly inodes: number;
  readonly freeInodes: number;
  /**
   * Whether it was unmounted cleanly; if not, what is free is what was free some time before. `undefined` for XFS,
   * whose superblock does not report it.
   */
  readonly clean: boolean | undefined;
}

/** A file system, where there is one that is known, and what is wrong with it. */
export interface FileSystemResult {
  readonly fileSystem?: DescribedFileSystem;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a superblock says that cannot be, by the name of the field. */
export type SuperblockFlaw =
  'block size' | 'blocks' | 'free blocks' | 'free inodes' | 'checksum' | 'size';
