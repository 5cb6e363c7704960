import type { Steps } from '@ploop/descriptor/internal';

import { updateCrc32c } from '../../../bytes/crc.ts';
import { viewOf } from '../../../bytes/fields.ts';
import { recent } from '../../../device/recent.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { changedInode } from '../journal/changed-inode.ts';
import { inodeSeed } from './checksums.ts';
import { groupReader } from './groups.ts';
import { parseInode, type Inode } from './inode.ts';

const KEPT = 4096;
const CHECKSUM = { low: 124, high: 130 };
const GENERATION_AT = 100;
/** What a checksum takes for its own 16 bits. */
const ZEROS = new Uint8Array(2);

/** Reads an inode by its number. */
export type InodeReader = (inode: number) => Steps<Inode>;

/** Reads inodes, and keeps the latest 4,096. */
export function inodeReader(base: Base): InodeReader {
  const { device, superblock, seed, report } = base;
  const { inodes, inodesPerGroup, inodeBytes, blockSize } = superblock;
  const known = recent<number, Inode>(KEPT);
  const groupAt = groupReader(base);

  return function* (inode) {
    const found = known.get(inode);
    if (found !== undefined) return found;
    if (inode < 1 || inode > inodes)
      throw failure('INODE_DAMAGED', { inode, field: 'number', position: undefined });
    const group = Math.floor((inode - 1) / inodesPerGroup);
    const position =
      (yield* groupAt(group)).table * blockSize + ((inode - 1) % inodesPerGroup) * inodeBytes;
    const bytes = yield* device.bytes(position, inodeBytes);
    if (bytes === undefined) throw failure('METADATA_UNREADABLE', { structure: 'inode', position });
    const change = base.fast?.inodes.get(inode);
    const present = change === undefined ? bytes.slice() : changedInode(bytes, change);
    const parsed = parseInode(present, inode, superblock);
    if (typeof parsed === 'string')
      throw failure('INODE_DAMAGED', { inode, field: parsed, position });
    if (seed !== undefined && change === undefined && !isIntact(seed, inode, bytes))
      report('METADATA_CHECKSUM', { structure: 'inode', position, inode });
    known.set(inode, parsed);
    return parsed;
  };
}

/** Whether the checksum of an inode is right: 16 bits, or 32 in an inode that has the place. */
function isIntact(seed: number, inode: number, bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  const isWide = bytes.length > 128 && view.getUint16(128, true) >= CHECKSUM.high + 2 - 128;
  const { low, high } = CHECKSUM;
  let crc = inodeSeed(seed, inode, view.getUint32(GENERATION_AT, true));
  crc = updateCrc32c(updateCrc32c(crc, bytes, 0, low), ZEROS);
  if (isWide) crc = updateCrc32c(updateCrc32c(crc, bytes, low + 2, high), ZEROS);
  crc = updateCrc32c(crc, bytes, isWide ? high + 2 : low + 2);
  const stored = view.getUint16(low, true) + (isWide ? view.getUint16(high, true) * 2 ** 16 : 0);
  return stored === (isWide ? crc : crc & 0xffff);
}
