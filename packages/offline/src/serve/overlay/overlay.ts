import { inTurns } from './in-turns.ts';
import type { DiskRange, ServedDisk, ServedWrites } from '../protocol/served-disk.ts';
import { appendRun, MOST_RUNS, type MutableRun } from '../protocol/status-runs.ts';
import { BLOCK, BLOCK_BYTES, createBlockMap } from './block-map.ts';
import type { BlockStore } from './block-store.ts';

/** Most memory for the list of changed blocks: it suffices for changes all over 170 GiB at least. */
const MOST_MAP_BYTES = 2 ** 26;

/** A disk whose changes go to a store. The disk itself is never written. */
export function withOverlay(base: ServedDisk, store: BlockStore): ServedDisk {
  const { size } = base;
  const map = createBlockMap(MOST_MAP_BYTES);
  const turn = inTurns();
  /** The first block after a range that ends with the disk, or at a block. */
  const endBlock = (end: number): number =>
    (end === size ? Math.ceil : Math.floor)(end / BLOCK_BYTES);

  async function readInto(target: Uint8Array, position: number): Promise<void> {
    const end = position + target.length;
    const blocks = [Math.floor(position / BLOCK_BYTES), Math.ceil(end / BLOCK_BYTES)] as const;
    for (const { first, count, state } of [...map.runs(...blocks)]) {
      const start = Math.max(position, first * BLOCK_BYTES);
      const until = Math.min(end, (first + count) * BLOCK_BYTES);
      const part = target.subarray(start - position, until - position);
      if (state === BLOCK.absent) await base.readInto(part, start);
      else if (state === BLOCK.zero) part.fill(0);
      else await store.readInto(part, start);
    }
  }

  /** Adds to a block, or to two, what was in it before: blocks are stored whole. */
  async function whole(
    bytes: Uint8Array,
    position: number,
  ): Promise<readonly [Uint8Array, number]> {
    const start = position - (position % BLOCK_BYTES);
    const end = position + bytes.length;
    const until = Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
    if (start === position && until === end) return [bytes, position];
    const all = new Uint8Array(until - start);
    await readInto(all.subarray(0, position - start), start);
    await readInto(all.subarray(end - start, Math.max(end, Math.min(until, size)) - start), end);
    all.set(bytes, position - start);
    return [all, start];
  }

  async function put(bytes: Uint8Array, position: number): Promise<void> {
    if (bytes.length === 0) return;
    const [all, start] = await whole(bytes, position);
    await store.write(all, start);
    const first = start / BLOCK_BYTES;
    map.set(first, first + all.length / BLOCK_BYTES, BLOCK.data);
  }

  async function zero({ start, end }: DiskRange): Promise<void> {
    const [first, last] = [Math.ceil(start / BLOCK_BYTES), endBlock(end)];
    if (first >= last) {
      await put(new Uint8Array(end - start), start);
      return;
    }
    await put(new Uint8Array(first * BLOCK_BYTES - start), start);
    await put(new Uint8Array(Math.max(0, end - last * BLOCK_BYTES)), last * BLOCK_BYTES);
    const held = [...map.runs(first, last)].filter(({ state }) => state === BLOCK.data);
    map.set(first, last, BLOCK.zero);
    for (const run of held) store.drop(run.first, run.first + run.count);
  }

  const writes: ServedWrites = {
    write: (bytes, position) => turn(() => put(bytes, position)),
    zero: (range) => turn(() => zero(range)),
    flush: () => turn(store.flush),
  };

  async function status({ start, end }: DiskRange): Promise<readonly MutableRun[]> {
    const runs: MutableRun[] = [];
    const blocks = [Math.floor(start / BLOCK_BYTES), Math.ceil(end / BLOCK_BYTES)] as const;
    for (const { first, count, state } of map.runs(...blocks)) {
      const until = Math.min(end, (first + count) * BLOCK_BYTES);
      let at = Math.max(start, first * BLOCK_BYTES);
      if (state !== BLOCK.absent)
        appendRun(runs, { length: until - at, isZero: state === BLOCK.zero });
      else
        while (at < until && runs.length < MOST_RUNS)
          for (const run of await base.status({ start: at, end: until })) {
            appendRun(runs, run);
            at += run.length;
          }
      if (runs.length >= MOST_RUNS) break;
    }
    return runs;
  }

  return { ...base, readInto, status, writes };
}
