/** What an entry of a directory can be. */
export type FileType =
  'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'block-device' | 'character-device';

/** A moment, as exactly as the file system keeps it. */
export interface Timestamp {
  /** Since 1970, UTC; negative before. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What an inode states. */
export interface FileStat {
  readonly inode: number;
  readonly type: FileType;
  /** Permissions, with set-user-ID, set-group-ID and the sticky bit. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly size: number;
  /** Of 512 bytes. */
  readonly blocks: number;
  readonly accessed: Timestamp;
  readonly modified: Timestamp;
  readonly changed: Timestamp;
  /** `undefined` if the file system does not keep it. */
  readonly created: Timestamp | undefined;
  /** Of a device file. */
  readonly device: { readonly major: number; readonly minor: number } | undefined;
  /** `undefined` if the file system has no projects. */
  readonly projectId: number | undefined;
  /** Such as `immutable`, `append-only`, `encrypted`, `verity`. */
  readonly flags: readonly string[];
}

/** Entry types by the four bits of `mode` that hold them. */
const TYPES: Readonly<Record<number, FileType>> = {
  0x1: 'fifo',
  0x2: 'character-device',
  0x4: 'directory',
  0x6: 'block-device',
  0x8: 'file',
  0xa: 'symlink',
  0xc: 'socket',
};

/** The type in `st_mode`, or `undefined` if it has none. */
export function typeOfMode(mode: number): FileType | undefined {
  return TYPES[mode >>> 12];
}
