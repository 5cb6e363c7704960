import type { Diagnostic } from '@ploop/descriptor';

import type { DescribedFileSystem } from './superblocks/file-system.ts';
import type { OpenFile } from './tree/open-file.ts';
import type { FileStat } from './tree/stat.ts';
import type { Entry, FreeRange, Xattr } from './tree/tree.ts';
import type { WalkEntry } from './tree/walk.ts';

/** A path within a file system: `/` separates names, and the root is where it begins, with or without a leading `/`. */
export type Path = string | Uint8Array;

/** Which file a path names that ends with a symlink. */
export interface FollowOptions {
  /** Whether it is the one that the symlink leads to. */
  readonly follow?: boolean;
}

/** The files of a file system. Methods throw a DescriptorError for what they cannot read, and go on past it in lists. */
export interface FileSystem {
  readonly type: DescribedFileSystem['type'];
  /** What the superblock says. */
  readonly describe: () => DescribedFileSystem;
  /** What is wrong with the parts that have been read so far. */
  readonly diagnostics: () => readonly Diagnostic[];
  /** Does not follow a symlink at the end, unless asked to. */
  readonly stat: (path: Path, options?: FollowOptions) => Promise<FileStat>;
  /** The entries of a directory, in the order of the disk, without `.` and `..`. Follows a symlink at the end. */
  readonly list: (path: Path) => AsyncGenerator<Entry, void, undefined>;
  /** What a path names and all that is below, each directory before what is in it. Follows no symlink below. */
  readonly walk: (path: Path) => AsyncGenerator<WalkEntry, void, undefined>;
  /** The target of a symlink, as it is stored. */
  readonly readLink: (path: Path) => Promise<string>;
  /** A regular file to read. Follows a symlink at the end. */
  readonly open: (path: Path) => Promise<OpenFile>;
  /** The extended attributes, POSIX ACLs included. Does not follow a symlink at the end, unless asked to. */
  readonly xattrs: (path: Path, options?: FollowOptions) => Promise<readonly Xattr[]>;
  /**
   * What no file uses, and not the file system itself either, in ascending order; neighbours are one range. A part of the
   * map that cannot be read counts as used, with a finding.
   */
  readonly free: () => AsyncGenerator<FreeRange, void, undefined>;
}
