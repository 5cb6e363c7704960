import { viewOf, wideAt } from '../../../bytes/fields.ts';
import { typeOfMode, type FileStat, type Timestamp } from '../../../tree/stat.ts';
import { FLAG, flagNames, MORE_FLAG } from './flags.ts';
import { forksIn, type Fork } from './forks.ts';
import type { Superblock } from './superblock.ts';

const MAGIC = 0x494e;
/** Where the forks begin: after the fields, of which version 3 has more. */
const FORKS_AT = { short: 100, long: 176 };
const NANOSECONDS = 1_000_000_000n;
/** Seconds from the earliest moment to 1970. */
const BIG_TIME_EPOCH = 2 ** 31;
const MINOR_BITS = 18;

/** An inode. */
export interface Inode {
  readonly stat: FileStat;
  readonly data: Fork;
  /** Extended attributes; `undefined` if it cannot have any yet. */
  readonly attributes: Fork | undefined;
  /** Whether its content is on the realtime device. */
  readonly isRealtime: boolean;
}

/** The inode in its bytes, or the first field that cannot be. */
export function parseInode(
  bytes: Uint8Array,
  inode: number,
  { features, blockSize }: Superblock,
): Inode | string {
  const view = viewOf(bytes);
  const u16 = (at: number): number => view.getUint16(at);
  const u32 = (at: number): number => view.getUint32(at);
  const version = view.getUint8(4);
  if (u16(0) !== MAGIC) return 'magic';
  if (features.checksums ? version !== 3 : version !== 1 && version !== 2) return 'version';
  const isLong = version === 3;
  const type = typeOfMode(u16(2));
  if (type === undefined) return 'mode';
  const size = wideAt(view, 56);
  if (!Number.isSafeInteger(size)) return 'size';

  const [flags, more] = [u16(90), isLong ? u32(124) : 0];
  const time = (at: number): Timestamp =>
    (more & MORE_FLAG.bigTimes) === 0
      ? { seconds: view.getInt32(at), nanoseconds: u32(at + 4) }
      : bigTime(view.getBigUint64(at));
  const forks = forksIn(bytes.subarray(isLong ? FORKS_AT.long : FORKS_AT.short), {
    ...{ inode, type, split: view.getUint8(82) * 8 },
    formats: [view.getUint8(5), view.getUint8(83)],
    counts:
      (more & MORE_FLAG.wideExtentCounts) === 0 ? [u32(76), u16(80)] : [wideAt(view, 24), u32(76)],
  });
  if (typeof forks === 'string') return forks;
  const isDevice = type === 'block-device' || type === 'character-device';
  const stat: FileStat = {
    ...{ inode, type, size },
    mode: u16(2) & 0o7777,
    uid: u32(8),
    gid: u32(12),
    links: version === 1 ? u16(6) : u32(16),
    blocks: wideAt(view, 64) * (blockSize / 512),
    accessed: time(32),
    modified: time(40),
    changed: time(48),
    created: isLong ? time(144) : undefined,
    device: isDevice ? deviceIn(forks.data) : undefined,
    projectId: version === 1 ? 0 : u16(20) + (features.wideProjects ? u16(22) * 2 ** 16 : 0),
    flags: flagNames(flags, more),
  };
  return { stat, ...forks, isRealtime: type === 'file' && (flags & FLAG.realtime) !== 0 };
}

function bigTime(time: bigint): Timestamp {
  return {
    seconds: Number(time / NANOSECONDS) - BIG_TIME_EPOCH,
    nanoseconds: Number(time % NANOSECONDS),
  };
}

function deviceIn({ bytes }: Fork): { readonly major: number; readonly minor: number } {
  const device = viewOf(bytes).getUint32(0);
  return { major: device >>> MINOR_BITS, minor: device & (2 ** MINOR_BITS - 1) };
}
