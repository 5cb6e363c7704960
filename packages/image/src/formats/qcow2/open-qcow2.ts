import { bytes as toByteCount, DescriptorError, diagnostic } from '@ploop/descriptor';
import { runAsync, unreadable, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import type { OpenImage, OpenImageOptions } from '../image-format.ts';
import { createClusterDecoder } from './decode/cluster-decoder.ts';
import { inflate } from './decode/deflate.ts';
import { unzstd } from './decode/zstd.ts';
import { l1EntriesFor } from './header-fault.ts';
import { l1Part, mapQcow2 } from './map-qcow2.ts';
import { viewOf } from './bytes.ts';
import type { Qcow2Details } from './qcow2-description.ts';
import type { MappedQcow2, Qcow2Layout } from './qcow2-layout.ts';
import type { Qcow2Image } from './read-qcow2.ts';
import { readSnapshotTable } from './snapshot-table.ts';
import { unsupported, unsupportedFeatures } from './unsupported.ts';

/** L1 entries that are read together when data is looked for: 64 KiB. */
const L1_PIECE = 8_192;

/**
 * Opens a qcow2 image, or a snapshot inside it.
 *
 * @throws DescriptorError with code `HEADER_INVALID`, `IMAGE_UNSUPPORTED`, `TABLE_DAMAGED`, `FILE_UNREADABLE`, and as the
 * opener of further files.
 */
export function* openQcow2(
  source: ImageSource,
  image: Qcow2Image,
  options: OpenImageOptions,
): Steps<OpenImage> {
  const { fault, details } = image;
  if (fault !== undefined || details === undefined)
    throw new DescriptorError([fault ?? unsupported(source.file, 'an unknown header')]);
  const [feature, ...others] = unsupportedFeatures(source.file, image);
  if (feature !== undefined) throw new DescriptorError([feature, ...others]);
  const dataFile = yield* openDataFile(source, details, options);
  const layout = yield* layoutOf(source, image, details, options.snapshot);
  const decoder = { zlib: inflate, zstd: unzstd, ...options.decoders }[
    details.compression === 'zstd' ? 'zstd' : 'zlib'
  ];
  return imageOf(
    {
      source,
      layout: { ...layout, ...(dataFile && { dataFile }) },
      decodeAt: createClusterDecoder(source, details.clusterBytes, decoder),
      tolerant: false,
    },
    details,
  );
}

function* openDataFile(
  source: ImageSource,
  { dataFile }: Qcow2Details,
  { openFile }: OpenImageOptions,
): Steps<ImageSource | undefined> {
  if (dataFile === undefined) return undefined;
  const { name } = dataFile;
  if (name === undefined)
    throw new DescriptorError([unsupported(source.file, 'an external data file without a name')]);
  if (openFile === undefined)
    throw new DescriptorError([unsupported(source.file, `the external data file "${name}"`)]);
  return yield* openFile(name, source);
}

function* layoutOf(
  source: ImageSource,
  { header }: Qcow2Image,
  { clusterBytes, extendedL2 }: Qcow2Details,
  id: string | undefined,
): Steps<Qcow2Layout> {
  const l2EntryBytes = extendedL2 ? 16 : 8;
  const { size, l1Offset, l1Entries } =
    id === undefined ? header : yield* snapshotOf(source, header, id);
  return {
    version: header.version,
    clusterBytes,
    size: toByteCount(Number(size)),
    l1Offset: Number(l1Offset),
    l1Entries,
    l2Entries: clusterBytes / l2EntryBytes,
    l2EntryBytes,
    fileBytes: source.bytes,
  };
}

function* snapshotOf(
  source: ImageSource,
  header: Qcow2Image['header'],
  id: string,
): Steps<Pick<Qcow2Image['header'], 'size' | 'l1Offset' | 'l1Entries'>> {
  const { entries, fault } = yield* readSnapshotTable(source, header);
  const { file } = source;
  const damaged = (reason: string): DescriptorError =>
    new DescriptorError([diagnostic('TABLE_DAMAGED', { file, table: 'snapshot table', reason })]);
  const found = entries.find((entry) => entry.id === id);
  if (found === undefined) {
    if (fault !== undefined) throw damaged(fault);
    throw unreadable(file, `it has no internal snapshot with the ID ${JSON.stringify(id)}`);
  }
  const { size, l1Offset, l1Entries } = found;
  const { clusterBits, incompatible } = header;
  const isExtended = (incompatible & 16n) !== 0n;
  const isPlaced =
    l1Offset % BigInt(2 ** clusterBits) === 0n && l1Offset + BigInt(8 * l1Entries) <= source.bytes;
  const isLong =
    size <= Number.MAX_SAFE_INTEGER &&
    l1Entries >= l1EntriesFor(Number(size), clusterBits, isExtended);
  if (!isPlaced || !isLong)
    throw damaged(`the L1 table of the snapshot ${JSON.stringify(id)} cannot be where it is`);
  return found;
}

function imageOf(mapped: MappedQcow2, details: Qcow2Details): OpenImage {
  const { layout } = mapped;
  const { backing } = details;
  const image: OpenImage = {
    size: layout.size,
    clusterSize: layout.clusterBytes,
    sameClusters: false,
    inFile: false,
    tableBytes: 0,
    ...(backing && { backing }),
    map: (first, count) => mapQcow2(mapped, first, count),
    nextAllocated: (first, end) => runAsync(nextTable(mapped, first, end)),
    guarded: (other) =>
      Promise.resolve(
        other === mapped.source ? image : imageOf({ ...mapped, tolerant: true }, details),
      ),
  };
  return image;
}

/** The first byte that an L2 table is about. */
function* nextTable(mapped: MappedQcow2, first: number, end: number): Steps<number> {
  const { clusterBytes, l2Entries, size } = mapped.layout;
  const tableBytes = clusterBytes * l2Entries;
  const to = Math.ceil(Math.min(end, size) / tableBytes);
  for (let from = Math.floor(first / tableBytes); from < to; from += L1_PIECE) {
    const count = Math.min(L1_PIECE, to - from);
    const view = viewOf(yield* l1Part(mapped, from, from + count));
    for (let index = 0; index < count; index += 1)
      if (view.getUint32(8 * index) !== 0 || view.getUint32(8 * index + 4) !== 0)
        return Math.max(first, (from + index) * tableBytes);
  }
  return end;
}
