import { DescriptorError } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import { createSegmentList, type SegmentList } from '../segment-list.ts';
import { offsetIn, readBytes, viewOf } from './bytes.ts';
import { addCluster } from './cluster-segments.ts';
import type { MappedQcow2 } from './qcow2-layout.ts';
import { tableFault } from './table-fault.ts';

/** Where `count` bytes of the disk from byte `first` on are. Behind the end of the image are zeros. */
export function* mapQcow2(
  image: MappedQcow2,
  first: number,
  count: number,
): Steps<ReturnType<SegmentList['all']>> {
  const { clusterBytes, l2Entries, size } = image.layout;
  const list = createSegmentList();
  const end = first + count;
  const stop = Math.max(first, Math.min(end, size));
  const tableBytes = l2Entries * clusterBytes;
  const from = Math.floor(first / tableBytes);
  const to = Math.ceil(stop / tableBytes);
  try {
    const l1 = viewOf(yield* l1Part(image, from, to));
    for (let index = from; index < to; index += 1) {
      const at = 8 * (index - from);
      const place = offsetIn(l1.getUint32(at), l1.getUint32(at + 4));
      const start = Math.max(first, index * tableBytes);
      yield* addTable(image, list, place, start, Math.min(stop, (index + 1) * tableBytes));
    }
  } catch (error) {
    addUnreadable(image, list, error, first, stop);
  }
  list.add({ kind: 'zero', start: stop, length: end - stop });
  return list.all();
}

/** The entries of the L1 table from index `from` to below `to`. */
export function* l1Part(
  { source, layout: { l1Offset, l1Entries } }: Pick<MappedQcow2, 'source' | 'layout'>,
  from: number,
  to: number,
): Steps<Uint8Array> {
  const bytes = new Uint8Array(8 * Math.max(0, to - from));
  const held = Math.min(to, l1Entries) - from;
  if (held > 0) bytes.set(yield* readBytes(source, l1Offset + 8 * from, 8 * held));
  return bytes;
}

/** Adds what an L2 table says of the bytes from `start` to `end`, which are all its own. */
function* addTable(
  image: MappedQcow2,
  list: SegmentList,
  place: number,
  start: number,
  end: number,
): Steps<void> {
  const { source, layout } = image;
  const { clusterBytes, l2Entries, l2EntryBytes, fileBytes } = layout;
  const length = end - start;
  if (place === 0) {
    list.add({ kind: 'unallocated', start, length });
    return;
  }
  const cluster = Math.floor(start / clusterBytes);
  if (place % clusterBytes !== 0 || place + clusterBytes > fileBytes) {
    const fault = tableFault(source.file, 'L2 table', cluster, place, clusterBytes);
    list.add({ kind: 'damaged', start, length, fault, lostFrom: start });
    return;
  }
  const count = Math.ceil(end / clusterBytes) - cluster;
  const at = place + (cluster % l2Entries) * l2EntryBytes;
  let entries: DataView;
  try {
    entries = viewOf(yield* readBytes(source, at, count * l2EntryBytes));
  } catch (error) {
    addUnreadable(image, list, error, start, end);
    return;
  }
  for (let index = 0; index < count; index += 1)
    addCluster(image, list, cluster + index, entries, index * l2EntryBytes, { start, end });
}

function addUnreadable(
  { tolerant }: MappedQcow2,
  list: SegmentList,
  error: unknown,
  start: number,
  end: number,
): void {
  const fault = error instanceof DescriptorError ? error.diagnostics[0] : undefined;
  if (!tolerant || fault?.code !== 'FILE_UNREADABLE') throw error;
  list.add({ kind: 'damaged', start, length: end - start, fault, lostFrom: start });
}
