import type { Diagnostic } from '@ploop/descriptor';

import { clipped, type ImageSegment } from '../image-segment.ts';
import type { SegmentList } from '../segment-list.ts';
import { offsetIn } from './bytes.ts';
import {
  compressedPlace,
  isCompressed,
  SUBCLUSTERS,
  type Entry,
  type MappedQcow2,
} from './qcow2-layout.ts';
import { entryInvalid, placeFault } from './table-fault.ts';

/** A cluster whose entry is looked at. */
interface Looked {
  readonly image: MappedQcow2;
  readonly cluster: number;
  /** Byte of the disk. */
  readonly start: number;
  readonly entry: Entry;
  /** Whether the entry leads to a cluster of the file. */
  readonly isPlaced: boolean;
  readonly offset: number;
}

/** Adds what the L2 entry at byte `at` of `entries` says of a cluster, between the bytes `start` and `end` of the disk. */
export function addCluster(
  image: MappedQcow2,
  list: SegmentList,
  cluster: number,
  entries: DataView,
  at: number,
  { start, end }: { readonly start: number; readonly end: number },
): void {
  const { clusterBytes, l2EntryBytes, dataFile } = image.layout;
  const entry = { high: entries.getUint32(at), low: entries.getUint32(at + 4) };
  const offset = offsetIn(entry.high, entry.low);
  const isPlaced = offset !== 0 || (dataFile !== undefined && entry.high >>> 31 === 1);
  const looked = { image, cluster, start: cluster * clusterBytes, entry, isPlaced, offset };
  const add = (segment: ImageSegment): void => {
    list.add(clipped(segment, start, end));
  };
  if (isCompressed(entry)) add(compressedSegment(looked));
  else if (l2EntryBytes === 8) addStandard(looked, add);
  else addParts(looked, entries.getUint32(at + 8), entries.getUint32(at + 12), add);
}

function compressedSegment({ image, cluster, start, entry }: Looked): ImageSegment {
  const { source, layout, decodeAt } = image;
  const { clusterBytes, dataFile, fileBytes } = layout;
  const place = compressedPlace(entry, clusterBytes);
  if (dataFile !== undefined)
    return damaged(image, start, entryInvalid(source.file, cluster, IN_DATA_FILE));
  if (place.offset >= fileBytes) {
    const reason = `its compressed bytes are at byte ${String(place.offset)}, beyond the end of the file`;
    return damaged(image, start, entryInvalid(source.file, cluster, reason));
  }
  return {
    ...{ kind: 'encoded', start, length: clusterBytes, offset: place.offset },
    decode: decodeAt(place, start),
  };
}

const IN_DATA_FILE = 'it is compressed, which clusters of an external data file cannot be';

function addStandard(looked: Looked, add: (segment: ImageSegment) => void): void {
  const { image, cluster, start, entry, isPlaced } = looked;
  const { source, layout } = image;
  const length = layout.clusterBytes;
  const isZero = (entry.low & 1) !== 0;
  if (isZero && layout.version < 3) {
    const reason = 'it is marked as zeros, which version 2 does not know';
    add(damaged(image, start, entryInvalid(source.file, cluster, reason)));
  } else if (isZero) add({ kind: 'zero', start, length });
  else if (isPlaced) addStored(looked, 0, length, add);
  else add({ kind: 'unallocated', start, length });
}

/** Adds the parts of a cluster, by the bits that say which of them are zeros and which are allocated. */
function addParts(
  looked: Looked,
  zeros: number,
  allocated: number,
  add: (segment: ImageSegment) => void,
): void {
  const { image, cluster, start, isPlaced } = looked;
  const { source, layout } = image;
  const length = layout.clusterBytes / SUBCLUSTERS;
  const isWrong = (zeros & allocated) !== 0 || (allocated !== 0 && !isPlaced);
  if (isWrong) {
    const reason = 'its parts are both allocated and zeros, or allocated without a place';
    add(damaged(image, start, entryInvalid(source.file, cluster, reason)));
    return;
  }
  for (let part = 0; part < SUBCLUSTERS; part += 1) {
    const at = part * length;
    if (((allocated >>> part) & 1) !== 0) addStored(looked, at, length, add);
    else if (((zeros >>> part) & 1) !== 0) add({ kind: 'zero', start: start + at, length });
    else add({ kind: 'unallocated', start: start + at, length });
  }
}

/** Adds bytes of a cluster that are in a file. The file may end within its last cluster: zeros were not written. */
function addStored(
  { image, cluster, start, offset }: Looked,
  at: number,
  length: number,
  add: (segment: ImageSegment) => void,
): void {
  const { source, layout } = image;
  const { dataFile } = layout;
  const fault =
    dataFile === undefined ? placeFault(source.file, cluster, offset, layout) : undefined;
  if (fault !== undefined) {
    add({ kind: 'damaged', start: start + at, length, fault, offset, lostFrom: start + at });
    return;
  }
  const { bytes } = dataFile ?? { bytes: layout.fileBytes };
  const held = Math.max(0, Math.min(length, bytes - offset - at));
  add({
    ...{ kind: 'stored', start: start + at, length: held, offset: offset + at },
    ...(dataFile && { source: dataFile }),
  });
  add({ kind: 'zero', start: start + at + held, length: length - held });
}

function damaged({ layout }: MappedQcow2, start: number, fault: Diagnostic): ImageSegment {
  return { kind: 'damaged', start, length: layout.clusterBytes, fault, lostFrom: start };
}
