import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { foreignField } from '../layout/identity.ts';
import type { Inode } from '../layout/inode.ts';
import type { PieceReader } from './content.ts';

/** XFS takes no longer target. */
const LONGEST = 1024;
const MAGIC = 0x58534c4d;
const HEADER = 56;
const IDENTITY = { checksum: 12, place: 40, uuid: 16, owner: 32 };

/** Reads targets of symlinks. */
export function targetReader(base: Base, pieces: PieceReader): (inode: Inode) => Steps<Uint8Array> {
  const { blockSize, features } = base.superblock;

  const damaged = (inode: number, reason: string, position: number | undefined) =>
    failure('BLOCK_MAP_DAMAGED', { inode, reason, position });

  /** What a piece adds to a target that has `done` bytes already. */
  function contentOf(bytes: Uint8Array, inode: number, position: number, done: number): Uint8Array {
    if (!features.checksums) return bytes;
    const view = viewOf(bytes);
    if (view.getUint32(0) !== MAGIC) throw damaged(inode, 'magic', position);
    const use = { structure: 'block of a symlink', position, inode };
    const foreign = foreignField(base, bytes, IDENTITY, use);
    if (foreign !== undefined) throw damaged(inode, foreign, position);
    const length = view.getUint32(8);
    if (view.getUint32(4) !== done || length === 0 || HEADER + length > bytes.length)
      throw damaged(inode, 'length', position);
    return bytes.subarray(HEADER, HEADER + length);
  }

  return function* ({ stat, data }) {
    const { inode, size } = stat;
    if (size === 0 || size > LONGEST || (data.format === 'local' && size > data.bytes.length))
      throw failure('INODE_DAMAGED', { inode, field: 'size of the symlink', position: undefined });
    if (data.format === 'local') return data.bytes.slice(0, size);
    const target = new Uint8Array(size);
    let from = 0;
    for (let done = 0; done < size;) {
      const header = features.checksums ? HEADER : 0;
      const length = Math.ceil((header + size - done) / blockSize) * blockSize;
      const piece = yield* pieces(data, from, length);
      if (piece === undefined) throw damaged(inode, 'hole', undefined);
      const content = contentOf(piece.bytes, inode, piece.position, done);
      target.set(content.subarray(0, size - done), done);
      done += content.length;
      from += Math.ceil((header + content.length) / blockSize) * blockSize;
    }
    return target;
  };
}
