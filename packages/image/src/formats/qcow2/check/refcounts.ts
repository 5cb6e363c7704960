import type { Diagnostic } from '@ploop/descriptor';
import { fill, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import { offsetIn, readBytes, viewOf } from '../bytes.ts';
import type { Qcow2Header } from '../qcow2-header.ts';
import { tableFault } from '../table-fault.ts';

/** The refcount table of an image, without the counts. */
export interface RefcountTable {
  /** By index: where each refcount block is; 0 if it is not allocated. */
  readonly blocks: Float64Array;
  /** Counts in a block. */
  readonly perBlock: number;
  readonly bits: number;
  readonly clusterBytes: number;
  readonly faults: readonly Diagnostic[];
}

/**
 * Reads the refcount table of an image.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* readRefcountTable(source: ImageSource, header: Qcow2Header): Steps<RefcountTable> {
  const clusterBytes = 2 ** header.clusterBits;
  const bits = 2 ** header.refcountOrder;
  const perBlock = (clusterBytes * 8) / bits;
  const length = header.refcountTableClusters * clusterBytes;
  const view = viewOf(yield* readBytes(source, Number(header.refcountTableOffset), length));
  const blocks = new Float64Array(length / 8);
  const faults: Diagnostic[] = [];
  for (let index = 0; index < blocks.length; index += 1) {
    const [high, low] = [view.getUint32(8 * index), view.getUint32(8 * index + 4)];
    if (high === 0 && low === 0) continue;
    const place = offsetIn(high, low);
    if (high <= 0x00ff_ffff && place % clusterBytes === 0 && place + clusterBytes <= source.bytes)
      blocks[index] = place;
    else
      faults.push(tableFault(source.file, 'refcount block', index * perBlock, place, clusterBytes));
  }
  return { blocks, perBlock, bits, clusterBytes, faults };
}

/**
 * The reference counts of the clusters of a file from cluster `first` on, as many as `counts` holds.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* readRefcounts(
  source: ImageSource,
  { blocks, perBlock, bits, clusterBytes }: RefcountTable,
  first: number,
  counts: Float64Array,
): Steps<void> {
  const bytes = new Uint8Array(clusterBytes);
  const view = viewOf(bytes);
  for (let at = 0; at < counts.length;) {
    const block = Math.floor((first + at) / perBlock);
    const from = (first + at) % perBlock;
    const count = Math.min(perBlock - from, counts.length - at);
    const place = blocks[block] ?? 0;
    if (place !== 0) {
      yield* fill(source, bytes, place);
      for (let index = 0; index < count; index += 1)
        counts[at + index] = refcountAt(view, bits, from + index);
    }
    at += count;
  }
}

function refcountAt(view: DataView, bits: number, index: number): number {
  switch (bits) {
    case 64:
      return Number(view.getBigUint64(8 * index));
    case 32:
      return view.getUint32(4 * index);
    case 16:
      return view.getUint16(2 * index);
    case 8:
      return view.getUint8(index);
    default: {
      const byte = view.getUint8(Math.floor((index * bits) / 8));
      return (byte >>> ((index * bits) % 8)) & (2 ** bits - 1);
    }
  }
}
