import type { Steps } from '@ploop/descriptor/internal';

import { recent } from '../../../device/recent.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { foreignField } from './identity.ts';
import { parseInode, type Inode } from './inode.ts';
import { blockOf } from './superblock.ts';

const KEPT = 4096;
/** Where an inode of version 3 says what it is. */
const IDENTITY = { checksum: 100, owner: 152, uuid: 160 };

/** Reads an inode by its number. */
export type InodeReader = (inode: number) => Steps<Inode>;

/** Reads inodes, and keeps the latest 4,096. A number states the place: group, block and index in the block. */
export function inodeReader(base: Base): InodeReader {
  const { device, superblock } = base;
  const { inodesPerBlock, inodeBytes, blockSize } = superblock;
  const known = recent<number, Inode>(KEPT);

  return function* (inode) {
    const found = known.get(inode);
    if (found !== undefined) return found;
    const number = Math.floor(inode / inodesPerBlock);
    const block = Number.isSafeInteger(inode) ? blockOf(superblock, number) : undefined;
    if (block === undefined || inode === 0)
      throw failure('INODE_DAMAGED', { inode, field: 'number', position: undefined });
    const position = block * blockSize + (inode % inodesPerBlock) * inodeBytes;
    const bytes = yield* device.bytes(position, inodeBytes);
    if (bytes === undefined) throw failure('METADATA_UNREADABLE', { structure: 'inode', position });
    const parsed = parseInode(bytes.slice(), inode, superblock);
    if (typeof parsed === 'string')
      throw failure('INODE_DAMAGED', { inode, field: parsed, position });
    const foreign = foreignField(base, bytes, IDENTITY, { structure: 'inode', position, inode });
    if (foreign !== undefined)
      throw failure('INODE_DAMAGED', {
        ...{ inode, position },
        field: foreign === 'owner' ? 'number' : foreign,
      });
    known.set(inode, parsed);
    return parsed;
  };
}
