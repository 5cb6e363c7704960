import { ERROR } from '../protocol/numbers.ts';
import { NbdError } from '../protocol/served-disk.ts';

/** Bytes of a block: the unit in which changes of a disk are kept. */
export const BLOCK_BYTES = 4096;

/** What an overlay says of a block. */
export const BLOCK = { absent: 0, zero: 1, data: 2 } as const;

/** One of {@link BLOCK}. */
type BlockState = (typeof BLOCK)[keyof typeof BLOCK];

/** Blocks that are alike, one after the other. */
interface BlockRun {
  readonly first: number;
  readonly count: number;
  readonly state: BlockState;
}

/** The states of all blocks of a disk. Blocks that were never set take no memory. */
export interface BlockMap {
  readonly state: (block: number) => BlockState;
  /** The blocks from `first` to before `end`, as runs. */
  readonly runs: (first: number, end: number) => Iterable<BlockRun>;
  /**
   * Sets blocks from `first` to before `end`, all or none.
   *
   * @throws NbdError `ENOSPC` if the map would become too large.
   */
  readonly set: (first: number, end: number, state: BlockState) => void;
}

/** Blocks of a page: 2 MiB of the disk. */
const PAGE_BLOCKS = 512;
/** Memory of a page with its place in the map, and of a place that shares its page. */
const PAGE_COST = 768;

/** A map of at most `mostBytes` of memory. */
export function createBlockMap(mostBytes: number): BlockMap {
  const pages = new Map<number, Uint8Array>();
  const mostPages = Math.floor(mostBytes / PAGE_COST);

  const state = (block: number): BlockState => {
    const page = pages.get(Math.floor(block / PAGE_BLOCKS));
    return stateOf(page?.[block % PAGE_BLOCKS]);
  };

  function set(first: number, end: number, to: BlockState): void {
    const [from, until] = [Math.floor(first / PAGE_BLOCKS), Math.ceil(end / PAGE_BLOCKS)];
    let added = 0;
    for (let number = from; number < until; number += 1) if (!pages.has(number)) added += 1;
    if (pages.size + added > mostPages)
      throw new NbdError(ERROR.ENOSPC, 'the overlay has no memory left for more changes');
    for (let number = from; number < until; number += 1) {
      const start = number * PAGE_BLOCKS;
      const page = pages.get(number) ?? new Uint8Array(PAGE_BLOCKS);
      page.fill(to, Math.max(0, first - start), Math.min(PAGE_BLOCKS, end - start));
      pages.set(number, page);
    }
  }

  function* pieces(first: number, end: number): Generator<BlockRun> {
    for (let block = first; block < end;) {
      const until = Math.min(end, (Math.floor(block / PAGE_BLOCKS) + 1) * PAGE_BLOCKS);
      const page = pages.get(Math.floor(block / PAGE_BLOCKS));
      const found = page?.[block % PAGE_BLOCKS];
      let next = page === undefined ? until : block + 1;
      while (next < until && page?.[next % PAGE_BLOCKS] === found) next += 1;
      yield { first: block, count: next - block, state: stateOf(found) };
      block = next;
    }
  }

  return {
    state,
    set,
    runs: function* (first, end) {
      let last: BlockRun | undefined;
      for (const piece of pieces(first, end)) {
        if (last?.state === piece.state) last = { ...last, count: last.count + piece.count };
        else {
          if (last !== undefined) yield last;
          last = piece;
        }
      }
      if (last !== undefined) yield last;
    },
  };
}

function stateOf(byte: number | undefined): BlockState {
  if (byte === BLOCK.zero) return BLOCK.zero;
  return byte === BLOCK.data ? BLOCK.data : BLOCK.absent;
}
