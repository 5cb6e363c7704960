import type { Steps } from '@ploop/descriptor/internal';

import type { Bitmap } from '../device/bitmap.ts';
import type { DescribedFileSystem } from '../superblocks/file-system.ts';
import type { FileStat, FileType } from './stat.ts';

/** An entry of a directory. */
export interface Entry {
  readonly name: string;
  readonly inode: number;
  /** As the directory states it; `undefined` if it does not. */
  readonly type: FileType | undefined;
}

/** Bytes of a file that are in one place. */
export interface Run {
  /** Where they begin in the file. */
  readonly position: number;
  readonly length: number;
  /** Where they are on the device; `undefined` for zeros that are not stored, and for bytes that are held here. */
  readonly at?: number;
  /** The bytes themselves, of a file that its inode holds. */
  readonly inline?: Uint8Array;
  /** Whether the zeros have their place on the device already. */
  readonly unwritten?: boolean;
}

/** An extended attribute. */
export interface Xattr {
  /** With its namespace: `user.note`, `security.capability`, `system.posix_acl_access`. */
  readonly name: string;
  /** As `getxattr(2)` returns it. */
  readonly value: Uint8Array;
}

/** Parts of a directory, one after the other; `undefined` after the last. */
export type EntryReader = () => Steps<readonly Entry[] | undefined>;

/** Bytes of a file system that nothing uses. */
export interface FreeRange {
  /** From the beginning of the file system. */
  readonly position: number;
  readonly length: number;
}

/** Free space, part by part, in the order of the device; `undefined` after the last part. */
export type FreeReader = () => Steps<readonly FreeRange[] | undefined>;

/** What a file system has to be able to do, by inode. Whatever cannot be read is thrown as a DescriptorError. */
export interface Tree<Node extends { readonly stat: FileStat } = { readonly stat: FileStat }> {
  readonly facts: DescribedFileSystem;
  readonly root: number;
  readonly node: (inode: number) => Steps<Node>;
  /** `seen` has the blocks of all directories that the same walk has read: each is read once. */
  readonly entries: (node: Node, seen: Bitmap) => EntryReader;
  readonly target: (node: Node) => Steps<Uint8Array>;
  /** Fills `target` with content from a byte of the device on; false if the device ends before. */
  readonly fill: (target: Uint8Array, at: number) => Steps<boolean>;
  /** The bytes from `position` on, as far as they are in one place. `position` is below the size. */
  readonly run: (node: Node, position: number) => Steps<Run>;
  readonly xattrs: (node: Node) => Steps<readonly Xattr[]>;
  /** What the maps of free space say. A part of a map that cannot be read is a finding, and counts as used. */
  readonly free: () => FreeReader;
  /** Refuses content that cannot be read, such as what the guest encrypts. */
  readonly requireReadable: (node: Node) => void;
}
