import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { clipped, type ImageSegment } from '../image-segment.ts';
import { createSegmentList } from '../segment-list.ts';
import type { SharedPlaces } from './check/shared-places.ts';
import { BAT_ENTRY_BYTES, BAT_START, type ImageLayout } from './layout.ts';
import { batAt } from './table/bat.ts';
import { faultOfEntry, isSound } from './table/entry.ts';

/** An image whose block table is asked. */
interface MappedImage {
  readonly source: ImageSource;
  readonly layout: ImageLayout;
  /** The places in the file that several clusters share, which are damaged then. */
  readonly shared: SharedPlaces | undefined;
}

/** Where `count` bytes of the disk from byte `first` on are. */
export function* mapPloop(
  image: MappedImage,
  first: number,
  count: number,
): Steps<readonly ImageSegment[]> {
  const { clusterBytes, clusters } = image.layout;
  const from = Math.floor(first / clusterBytes);
  const to = Math.min(clusters, Math.ceil((first + count) / clusterBytes));
  const entries = to > from ? yield* batAt(image.source, from, to - from) : new Uint32Array(0);
  return segmentsOf(image, entries, from, { start: first, end: first + count });
}

/** A loop in a generator is compiled badly, so that it is here. */
function segmentsOf(
  image: MappedImage,
  entries: Uint32Array,
  from: number,
  { start, end }: { readonly start: number; readonly end: number },
): readonly ImageSegment[] {
  const { clusterBytes } = image.layout;
  const list = createSegmentList();
  let at = start;
  for (let index = 0; index < entries.length;) {
    const entry = entries[index] ?? 0;
    if (entry !== 0) {
      for (const segment of clusterSegments(image, from + index, entry))
        list.add(clipped(segment, start, end));
      index += 1;
      at = Math.min(end, (from + index) * clusterBytes);
      continue;
    }
    while (index < entries.length && entries[index] === 0) index += 1;
    const until = Math.min(end, (from + index) * clusterBytes);
    list.add({ kind: 'unallocated', start: at, length: until - at });
    at = until;
  }
  list.add({ kind: 'unallocated', start: at, length: end - at });
  return list.all();
}

/** One cluster that has an entry. The disk may end within it: what is after that are zeros. */
function clusterSegments(
  { source, layout, shared }: MappedImage,
  cluster: number,
  entry: number,
): readonly ImageSegment[] {
  const { clusterBytes, entryBytes, size } = layout;
  const start = cluster * clusterBytes;
  const length = Math.min(clusterBytes, Math.max(0, size - start));
  const offset = entry * entryBytes;
  const fault = isSound(layout, cluster, entry)
    ? shared?.(cluster, entry)
    : faultOfEntry(source.file, layout, cluster, entry);
  const held: ImageSegment =
    fault === undefined
      ? { kind: 'stored', start, length, offset }
      : {
          kind: 'damaged',
          start,
          length,
          fault,
          offset,
          lostFrom: start + (fault.code === 'CLUSTER_BEYOND_END' ? bytesLeft(layout, offset) : 0),
          entry: entryOf(cluster),
        };
  if (length === clusterBytes) return [held];
  return [held, { kind: 'zero', start: start + length, length: clusterBytes - length }];
}

/** How many bytes of a cluster are in the file nevertheless, if it begins where clusters can. */
function bytesLeft({ grid, clusterBytes, fileBytes }: ImageLayout, offset: number): number {
  const isPlaced = grid === undefined || offset % clusterBytes === grid;
  return isPlaced ? Math.max(0, fileBytes - offset) : 0;
}

function entryOf(cluster: number): readonly [number, number] {
  const at = BAT_START + cluster * BAT_ENTRY_BYTES;
  return [at, at + BAT_ENTRY_BYTES];
}
