import { append, type Steps } from '@ploop/descriptor/internal';
import { DescriptorError } from '@ploop/descriptor';

import { viewOf } from '../../../bytes/fields.ts';
import { failure, type Findings } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import type { Piece, PieceReader } from '../data/content.ts';
import type { Fork } from '../layout/forks.ts';
import { foreignField } from '../layout/identity.ts';
import {
  ATTRIBUTE_IDENTITY,
  parseShortForm,
  parseXattrBlock,
  type StoredXattr,
  type XattrBlock,
  type XattrList,
} from './entries.ts';

/** No tree of attributes is higher. */
const MOST_LEVELS = 5;
/** Linux allows no longer value. */
const LONGEST = 65_536;
const REMOTE = { magic: 0x5841524d, header: 56 };
const REMOTE_IDENTITY = { checksum: 12, place: 40, uuid: 16, owner: 32 };

/** What reading attributes needs. */
export interface XattrParts extends Base {
  readonly findings: Findings;
  readonly pieces: PieceReader;
}

/** Blocks that one list of attributes has been read from, by their place: each is part of it once. */
export type UsedBlocks = Set<number>;

/** The attributes of a fork, in the order in which they are stored. */
export function* storedXattrs(
  parts: XattrParts,
  fork: Fork,
  used: UsedBlocks,
): Steps<readonly StoredXattr[]> {
  const all: StoredXattr[] = [];
  const take = ({ entries, isDamaged }: XattrList): void => {
    append(all, entries);
    if (isDamaged) parts.report('XATTRS_DAMAGED', { inode: fork.inode, reason: 'entries' });
  };
  if (fork.format === 'local') {
    take(parseShortForm(fork.bytes));
    return all;
  }
  if (fork.extents === 0) return all;
  const left = [{ block: 0, most: MOST_LEVELS }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const block = yield* blockAt(parts, fork, next.block, used);
    if (block === undefined) continue;
    if (block.level > next.most) {
      parts.report('XATTRS_DAMAGED', { inode: fork.inode, reason: 'level' });
      continue;
    }
    if ('list' in block) take(block.list);
    else
      for (const child of block.children.toReversed())
        left.push({ block: child, most: block.level - 1 });
  }
  return all;
}

/** A block of the tree; `undefined`, with a finding, if it cannot be read. */
function* blockAt(
  parts: XattrParts,
  fork: Fork,
  block: number,
  used: UsedBlocks,
): Steps<XattrBlock | undefined> {
  try {
    const { bytes, position } = yield* pieceAt(parts, fork, block, used);
    const parsed = parseXattrBlock(bytes, parts.superblock.features.checksums);
    if (parsed === undefined) throw damaged(fork, 'magic');
    const use = { structure: 'block of extended attributes', position, inode: fork.inode };
    const foreign = foreignField(parts, bytes, ATTRIBUTE_IDENTITY, use);
    if (foreign !== undefined) throw damaged(fork, foreign);
    return parsed;
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    parts.findings.note(error);
    return undefined;
  }
}

/** A value that has blocks of its own. */
export function* remoteValue(
  parts: XattrParts,
  fork: Fork,
  { block, length }: { readonly block: number; readonly length: number },
  used: UsedBlocks,
): Steps<Uint8Array> {
  if (length > LONGEST) throw damaged(fork, 'value');
  const value = new Uint8Array(length);
  let next = block;
  for (let done = 0; done < length; next += 1) {
    const piece = yield* pieceAt(parts, fork, next, used);
    const content = contentOf(parts, fork, piece, done);
    value.set(content.subarray(0, length - done), done);
    done += content.length;
  }
  return value;
}

/** What a block adds to a value that has `done` bytes already. */
function contentOf(
  parts: XattrParts,
  fork: Fork,
  { bytes, position }: Piece,
  done: number,
): Uint8Array {
  if (!parts.superblock.features.checksums) return bytes;
  const view = viewOf(bytes);
  if (view.getUint32(0) !== REMOTE.magic) throw damaged(fork, 'value');
  const use = { structure: 'value of an extended attribute', position, inode: fork.inode };
  if (foreignField(parts, bytes, REMOTE_IDENTITY, use) !== undefined) throw damaged(fork, 'value');
  const length = view.getUint32(8);
  if (view.getUint32(4) !== done || length === 0 || REMOTE.header + length > bytes.length)
    throw damaged(fork, 'value');
  return bytes.subarray(REMOTE.header, REMOTE.header + length);
}

function* pieceAt(
  { pieces, superblock }: XattrParts,
  fork: Fork,
  block: number,
  used: UsedBlocks,
): Steps<Piece> {
  const { blockSize } = superblock;
  const piece = yield* pieces(fork, block * blockSize, blockSize);
  if (piece === undefined) throw damaged(fork, 'place');
  if (used.has(piece.position)) throw damaged(fork, 'order');
  used.add(piece.position);
  return piece;
}

function damaged({ inode }: Fork, reason: string): DescriptorError {
  return failure('XATTRS_DAMAGED', { inode, reason });
}
