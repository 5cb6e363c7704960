import type { Reader, Steps } from '@ploop/descriptor/internal';

/** Blocks that are read from another place of the same device. */
export interface Overlay {
  readonly blockSize: number;
  /** Of those blocks, in ascending order. */
  readonly blocks: Float64Array;
  /** Where each is read instead, in bytes. */
  readonly positions: Float64Array;
  /** What the first four bytes of a block are, if not what is there. */
  readonly beginnings: ReadonlyMap<number, Uint8Array>;
}

/** Reads with blocks replaced. */
export function overlaid(read: Reader, overlay: Overlay): Reader {
  const { blockSize, blocks, positions, beginnings } = overlay;

  /** Replaces the part of a block that is in `target`. */
  function* replace(target: Uint8Array, position: number, index: number): Steps<void> {
    const block = blocks[index] ?? 0;
    const content = new Uint8Array(blockSize);
    yield* read(content, positions[index] ?? 0);
    const beginning = beginnings.get(block);
    if (beginning !== undefined) content.set(beginning);
    const start = Math.max(position, block * blockSize);
    const end = Math.min(position + target.length, (block + 1) * blockSize);
    const from = block * blockSize;
    target.set(content.subarray(start - from, end - from), start - position);
  }

  return function* (target, position) {
    const count = yield* read(target, position);
    const end = position + target.length;
    for (
      let index = firstFrom(blocks, Math.floor(position / blockSize));
      index < blocks.length && (blocks[index] ?? 0) * blockSize < end;
      index += 1
    )
      yield* replace(target, position, index);
    return count;
  };
}

/** Index of the first number that is not below `least`. */
function firstFrom(sorted: Float64Array, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
