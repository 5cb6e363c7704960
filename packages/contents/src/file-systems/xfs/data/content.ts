import type { Steps } from '@ploop/descriptor/internal';

import { failure } from '../../../findings/findings.ts';
import type { Run } from '../../../tree/tree.ts';
import type { Base } from '../base.ts';
import type { Fork } from '../layout/forks.ts';
import type { BlockMap } from './extents.ts';

/** Finds where the bytes of a fork are, from `position` to before `end`. */
export type ContentMap = (fork: Fork, position: number, end: number) => Steps<Run>;

/** Where the content of forks with extents is. */
export function contentMap({ superblock }: Base, map: BlockMap): ContentMap {
  const { blockSize } = superblock;
  return function* (fork, position, end) {
    const block = Math.floor(position / blockSize);
    const skipped = position - block * blockSize;
    const run = yield* map(fork, block);
    const length = Math.min(run.length * blockSize - skipped, end - position);
    if (run.at === undefined) return { position, length };
    const at = run.at * blockSize + skipped;
    return run.isUnwritten ? { position, length, unwritten: true } : { position, length, at };
  };
}

/** Bytes of metadata in a fork, and where they begin on the device. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly position: number;
}

/** Reads up to 64 KiB of metadata of a fork, which can be in several places; `undefined` for a hole. */
export type PieceReader = (
  fork: Fork,
  position: number,
  length: number,
) => Steps<Piece | undefined>;

/** Reads pieces of metadata. */
export function pieceReader({ device }: Base, content: ContentMap): PieceReader {
  return function* (fork, from, length) {
    const first = yield* content(fork, from, from + length);
    if (first.at === undefined) return undefined;
    const position = first.at;
    const damaged = (): Error =>
      failure('BLOCK_MAP_DAMAGED', { inode: fork.inode, reason: 'place', position });
    if (first.length === length) {
      const bytes = yield* device.bytes(position, length);
      if (bytes === undefined) throw damaged();
      return { bytes, position };
    }
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const run = yield* content(fork, from + done, from + length);
      const part = run.at === undefined ? undefined : yield* device.bytes(run.at, run.length);
      if (part === undefined) throw damaged();
      bytes.set(part, done);
      done += run.length;
    }
    return { bytes, position };
  };
}
