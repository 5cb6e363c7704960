import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { checksum, wordOf, without } from '../layout/checksums.ts';
import type { Inode } from '../layout/inode.ts';
import { parseXattrs, type XattrEntry } from './entries.ts';

const MAGIC = 0xea020000;
const HEADER = 32;
const CHECKSUM_AT = 16;
/** Linux allows no longer value. */
const LONGEST = 65_536;

/** An entry with the bytes that its value is in. */
export interface StoredXattr extends XattrEntry {
  readonly holder: Uint8Array;
}

/** Reads lists of extended attributes. */
export interface XattrReader {
  /** Those in the inode itself. */
  readonly inInode: (inode: Inode) => readonly StoredXattr[];
  /** Those in the block of the inode. */
  readonly inBlock: (inode: Inode) => Steps<readonly StoredXattr[]>;
  readonly valueOf: (inode: Inode, entry: StoredXattr) => Steps<Uint8Array>;
}

/** Reads all bytes of an inode that holds a value. */
export type LargeValue = (inode: number, size: number) => Steps<Uint8Array>;

/** Extended attributes as ext stores them. */
export function xattrReader(base: Base, largeValue: LargeValue): XattrReader {
  const { device, superblock, seed, report } = base;
  const { blockSize, blocks } = superblock;
  const listIn = (inode: Inode, holder: Uint8Array, start: number): readonly StoredXattr[] => {
    const { entries, isDamaged } = parseXattrs(holder, start);
    if (isDamaged) report('XATTRS_DAMAGED', { inode: inode.stat.inode, reason: 'entries' });
    return entries.map((entry) => ({ ...entry, holder }));
  };

  return {
    inInode: (inode) => {
      const tail = inode.bytes.subarray(inode.end);
      if (tail.length < 8 || viewOf(tail).getUint32(0, true) !== MAGIC) return [];
      return listIn(inode, tail.subarray(4), 0);
    },

    *inBlock(inode) {
      const block = inode.xattrBlock;
      if (block === 0) return [];
      const position = block * blockSize;
      const bytes = block < blocks ? yield* device.bytes(position, blockSize) : undefined;
      if (bytes === undefined || viewOf(bytes).getUint32(0, true) !== MAGIC) {
        const reason = bytes === undefined ? 'place' : 'magic';
        report('XATTRS_DAMAGED', { inode: inode.stat.inode, reason });
        return [];
      }
      if (seed !== undefined && !isIntact(seed, block, bytes))
        report('METADATA_CHECKSUM', {
          ...{ structure: 'block of extended attributes', position },
          inode: inode.stat.inode,
        });
      return listIn(inode, bytes.slice(), HEADER);
    },

    *valueOf(inode, { holder, at, size, inode: owner }) {
      const wrong = failure('XATTRS_DAMAGED', { inode: inode.stat.inode, reason: 'value' });
      if (size > LONGEST) throw wrong;
      if (owner !== 0) return yield* largeValue(owner, size);
      if (at + size > holder.length) throw wrong;
      return holder.slice(at, at + size);
    },
  };
}

function isIntact(seed: number, block: number, bytes: Uint8Array): boolean {
  const high = wordOf(Math.floor(block / 2 ** 32));
  const expected = checksum(seed, block % 2 ** 32, high, ...without(bytes, [CHECKSUM_AT, 4]));
  return expected === viewOf(bytes).getUint32(CHECKSUM_AT, true);
}
