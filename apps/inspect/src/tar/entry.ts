import {
  bytesOfName,
  type FileStat,
  type FileType,
  type Timestamp,
  type Xattr,
} from '@ploop/contents';

import { aclText } from './acl.ts';
import { BLOCK, fits, headerBlock, padding, type Header } from './header.ts';
import { recordBytes, type PaxRecord } from './records.ts';

/** Types that an archive can hold. Sockets are left out, as GNU tar does. */
const TYPES: Readonly<Record<Exclude<FileType, 'socket'>, string>> = {
  file: '0',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};
const HARD_LINK = '1';
const ACLS: Readonly<Record<string, string>> = {
  'system.posix_acl_access': 'SCHILY.acl.access',
  'system.posix_acl_default': 'SCHILY.acl.default',
};
/** What fits into the field of a device number. */
const DEVICE_WIDTH = 8;

/** An entry of an archive, without its content. */
export interface TarEntry {
  /** Relative; a directory ends with `/`. */
  readonly name: string;
  readonly stat: FileStat;
  /** The target; symlinks only. */
  readonly target?: string;
  /** Name of an entry before that is the same file. */
  readonly linkTo?: string;
  readonly xattrs: readonly Xattr[];
  /** Bytes of content that follow; 0 for all but files. */
  readonly stored: number;
  /** Sparse files only: their content begins with a map. */
  readonly realSize?: number;
}

/** Whether an archive can hold an entry. */
export function canHold({ type, device }: FileStat): boolean {
  if (type === 'socket') return false;
  const { major = 0, minor = 0 } = device ?? {};
  return fits(major, DEVICE_WIDTH) && fits(minor, DEVICE_WIDTH);
}

/** The headers of an entry: PAX records with what is exact, and the entry itself. */
export function entryBytes(entry: TarEntry): Uint8Array {
  const { stat, stored, linkTo } = entry;
  const { mode, uid, gid, device } = stat;
  const type = linkTo === undefined ? TYPES[stat.type as keyof typeof TYPES] : HARD_LINK;
  const records = recordBytes(recordsOf(entry));
  const common = { mode, uid, gid, modified: stat.modified.seconds };
  const pax: Header = { ...common, name: 'PaxHeader', type: 'x', size: records.length };
  const own: Header = { ...common, name: asciiOf(entry.name), type, size: stored, ...device };
  return Buffer.concat([headerBlock(pax), records, padding(records.length), headerBlock(own)]);
}

/** The end of an archive. */
export function endBytes(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}

function recordsOf(entry: TarEntry): readonly PaxRecord[] {
  const { name, stat, target, linkTo, xattrs, stored, realSize } = entry;
  const link = linkTo ?? target;
  return [
    ...(realSize === undefined ? [] : sparseRecords(name, realSize)),
    ...(realSize === undefined ? [['path', bytesOfName(name)] as const] : []),
    ...(link === undefined ? [] : [['linkpath', bytesOfName(link)] as const]),
    ['mtime', timeOf(stat.modified)],
    ['atime', timeOf(stat.accessed)],
    ['ctime', timeOf(stat.changed)],
    ['uid', String(stat.uid)],
    ['gid', String(stat.gid)],
    ...(fits(stored, 12) ? [] : [['size', String(stored)] as const]),
    ...(linkTo === undefined ? xattrs.map(xattrRecord) : []),
  ];
}

/** Sparse files as GNU tar writes them with `--posix`: format 1.0, whose map begins the content. */
function sparseRecords(name: string, realSize: number): readonly PaxRecord[] {
  return [
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', bytesOfName(name)],
    ['GNU.sparse.realsize', String(realSize)],
  ];
}

function xattrRecord({ name, value }: Xattr): PaxRecord {
  const acl = ACLS[name];
  const text = acl === undefined ? undefined : aclText(value);
  if (acl !== undefined && text !== undefined) return [acl, text];
  // The key ends at its first `=`: GNU tar writes and reads it like this.
  const key = name.replaceAll('%', '%25').replaceAll('=', '%3D');
  return [bytesOfName(`SCHILY.xattr.${key}`), value];
}

/** A decimal number with nine decimals; times before 1970 are negative. */
function timeOf({ seconds, nanoseconds }: Timestamp): string {
  const total = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
  const size = total < 0n ? -total : total;
  const digits = String(size).padStart(10, '0');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function asciiOf(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, '_');
}
