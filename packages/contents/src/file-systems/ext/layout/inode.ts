import { viewOf } from '../../../bytes/fields.ts';
import { typeOfMode, type FileStat, type Timestamp } from '../../../tree/stat.ts';
import { FLAG, flagNames } from './flags.ts';
import type { Superblock } from './superblock.ts';

const SMALL_INODE = 128;
/** Ends of the fields that an inode has only if it is large enough. */
const END = {
  changedExtra: 136,
  modifiedExtra: 140,
  accessedExtra: 144,
  created: 152,
  project: 160,
};

/** An inode. */
export interface Inode {
  readonly stat: FileStat;
  readonly flags: number;
  readonly generation: number;
  /** The inode as it is stored. */
  readonly bytes: Uint8Array;
  /** Block of extended attributes, or 0. */
  readonly xattrBlock: number;
  /** Where its own extended attributes are: after its fields. */
  readonly end: number;
}

/** The 60 bytes of an inode that say where the content is, or hold it. */
export function placeIn({ bytes }: Pick<Inode, 'bytes'>): Uint8Array {
  return bytes.subarray(40, 100);
}

/** The inode in its bytes, or the first field that cannot be. */
export function parseInode(
  bytes: Uint8Array,
  inode: number,
  { features, blockSize }: Superblock,
): Inode | string {
  const view = viewOf(bytes);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const extra = bytes.length > SMALL_INODE ? u16(SMALL_INODE) : 0;
  const end = SMALL_INODE + extra;
  if (end > bytes.length || extra % 4 !== 0) return 'extra size';
  const type = typeOfMode(u16(0));
  if (type === undefined) return 'mode';

  const flags = u32(32);
  const hasWideSize = type === 'file' || features.largeDirectories || type === 'symlink';
  const size = u32(4) + (hasWideSize ? u32(108) * 2 ** 32 : 0);
  if (!Number.isSafeInteger(size)) return 'size';
  const counted = u32(28) + (features.hugeFile ? u16(116) * 2 ** 32 : 0);
  const time = (at: number, extraAt: number): Timestamp =>
    timestamp(view.getInt32(at, true), extraAt + 4 <= end ? u32(extraAt) : 0);
  const stored = (flags & FLAG.hugeFile) === 0 ? counted : counted * (blockSize / 512);
  // As Linux shows it: programs take a file without blocks for a hole.
  const isInline = type === 'file' && (flags & FLAG.inlineData) !== 0;
  const isDevice = type === 'block-device' || type === 'character-device';
  const stat: FileStat = {
    inode,
    type,
    mode: u16(0) & 0o7777,
    uid: u16(2) + u16(120) * 2 ** 16,
    gid: u16(24) + u16(122) * 2 ** 16,
    links: u16(26),
    size,
    blocks: isInline ? stored + Math.ceil(size / 512) : stored,
    accessed: time(8, END.accessedExtra - 4),
    modified: time(16, END.modifiedExtra - 4),
    changed: time(12, END.changedExtra - 4),
    created: end >= END.created ? time(144, 148) : undefined,
    device: isDevice ? deviceIn(view) : undefined,
    projectId: features.project && end >= END.project ? u32(156) : undefined,
    flags: flagNames(flags),
  };
  return {
    stat,
    flags,
    generation: u32(100),
    bytes,
    xattrBlock: u32(104) + (features.bits64 ? u16(118) * 2 ** 32 : 0),
    end,
  };
}

/** 34 bits of seconds, of which two are beside the nanoseconds. */
function timestamp(seconds: number, extra: number): Timestamp {
  return { seconds: seconds + (extra & 3) * 2 ** 32, nanoseconds: extra >>> 2 };
}

/** The numbers of a device: 8 bits each in the first word, or 12 and 20 bits in the second. */
function deviceIn(view: DataView): { readonly major: number; readonly minor: number } {
  const [old, wide] = [view.getUint32(40, true), view.getUint32(44, true)];
  if (old !== 0) return { major: (old >>> 8) & 0xff, minor: old & 0xff };
  return { major: (wide >>> 8) & 0xfff, minor: (wide & 0xff) | ((wide >>> 12) & 0xfff00) };
}
