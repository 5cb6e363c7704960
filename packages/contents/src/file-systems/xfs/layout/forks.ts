import type { FileType } from '../../../tree/stat.ts';

/** What a fork of an inode holds. */
type ForkFormat = 'device' | 'local' | 'extents' | 'tree';

const FORMATS: Readonly<Record<number, ForkFormat>> = {
  0: 'device',
  1: 'local',
  2: 'extents',
  3: 'tree',
};
/** Bytes of an extent in an inode. */
const EXTENT = 16;
const SMALLEST = 8;

/** A part of an inode that holds content, or says where it is. */
export interface Fork {
  readonly inode: number;
  readonly format: ForkFormat;
  readonly bytes: Uint8Array;
  /** Number of extents. */
  readonly extents: number;
}

/** The forks of an inode. */
export interface Forks {
  readonly data: Fork;
  readonly attributes: Fork | undefined;
}

/** What the fields of an inode state about its forks: numbers of the data first, then of the attributes. */
export interface ForkFields {
  readonly inode: number;
  readonly type: FileType;
  /** Where attributes begin; 0 if there cannot be any. */
  readonly split: number;
  readonly formats: readonly [number, number];
  readonly counts: readonly [number, number];
}

/** The forks in the bytes that an inode has for them, or the first field that cannot be. */
export function forksIn(place: Uint8Array, fields: ForkFields): Forks | string {
  const { inode, type, split, formats, counts } = fields;
  if (split > place.length - SMALLEST) return 'place of attributes';
  const fork = (bytes: Uint8Array, index: 0 | 1): Fork | undefined => {
    const format = FORMATS[formats[index]];
    if (format === undefined) return undefined;
    const extents = counts[index];
    const isWhole = format !== 'extents' || extents * EXTENT <= bytes.length;
    return isWhole ? { inode, format, bytes, extents } : undefined;
  };
  const data = fork(split === 0 ? place : place.subarray(0, split), 0);
  if (data === undefined || !allowed(type).includes(data.format)) return 'format';
  if (split === 0) return { data, attributes: undefined };
  const attributes = fork(place.subarray(split), 1);
  if (attributes === undefined || attributes.format === 'device') return 'format of attributes';
  return { data, attributes };
}

function allowed(type: FileType): readonly ForkFormat[] {
  if (type === 'file') return ['extents', 'tree'];
  if (type === 'directory' || type === 'symlink') return ['local', 'extents', 'tree'];
  return ['device'];
}
