import { type Diagnostic, bytes as toByteCount, type Bytes } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  perform,
  rangeWithin,
  readFully,
  runAsync,
  type ByteRange,
  type ImageSource,
} from '@ploop/descriptor/internal';

import { CHAIN, IMAGE } from '../arguments.ts';
import type { OpenImageOptions } from '../formats/image-format.ts';
import {
  baseFindings,
  chainFindings,
  clusterBytesOf,
  rawFindings,
  type ChainLayer,
} from './chain-layer.ts';
import { segmentsWithin } from './found-segments.ts';
import { openLayers } from './open-layers.ts';
import type { MissingEnd } from './parts.ts';
import type { Segment } from './segment.ts';
import { windowSegments } from './window-segments.ts';
import { createWindowCache, createWindows, type WindowCache } from './windows.ts';

/** How to open a chain. */
export interface ChainOptions {
  /**
   * Whether the base is a bare disk, whatever its first bytes: the mode of the descriptor says so, and the guest writes
   * them. Default: no; the header of a base that has none is taken for damaged then.
   */
  readonly rawBase?: boolean;
  /**
   * Opens the further files that a qcow2 image names: backing files and an external data file. The name is as the image
   * has it, `of` the image. Default: such images are refused.
   */
  readonly openFile?: (name: string, of: ImageSource) => Promise<ImageSource>;
  /** The ID of the snapshot inside the top, a qcow2 image, that is read. Default: its current state. */
  readonly snapshot?: string;
}

/** How to open a chain whose further files are opened in either world. */
export interface ChainStepOptions extends OpenImageOptions {
  readonly rawBase?: boolean;
  /** Whether images may have any format. */
  readonly anyFormat: boolean;
}

/** A range of a disk and the images that hold it. */
export interface ChainPart {
  /** First byte of the disk. */
  readonly start: Bytes;
  /** First byte of the disk after the part. */
  readonly end: Bytes;
  readonly clusterBytes: Bytes;
  /** Base first. */
  readonly layers: readonly ChainLayer[];
  /** What the images should hold and do not. A salvage reads it as zeros; other reads end or fail there. */
  readonly missing?: MissingEnd;
}

/** The content of a disk: the images of a snapshot, one over the other. Memory stays bounded, whatever the disk. */
export interface Chain {
  /** Virtual size. */
  readonly size: Bytes;
  /** Of a split disk the smallest of its parts. */
  readonly clusterBytes: Bytes;
  /** Base first; of a split disk those of its first part, then those of the next one. */
  readonly layers: readonly ChainLayer[];
  /** The parts of a split disk, in order; any other disk is one part. */
  readonly parts: readonly ChainPart[];
  /** What to know of the content although it can be read: `IMAGE_IN_USE`, `CHAIN_REGROWN`, `BASE_NOT_RAW`, `BASE_SHORTER`, `FILE_END_ODD`. */
  readonly diagnostics: readonly Diagnostic[];
  /** Fills `target` from byte `position` of the disk on; returns how many bytes: fewer only at the end of the disk. */
  readonly readInto: (target: Uint8Array, position: number) => Promise<number>;
  /** `length` bytes from byte `position` of the disk on: fewer only at the end of the disk. */
  readonly read: (position: number, length: number) => Promise<Uint8Array>;
  /** Where the bytes of the disk are, in order, as many at a time as come together. */
  readonly segments: (range?: ByteRange) => AsyncGenerator<readonly Segment[], void, undefined>;
}

/** A file that holds bytes of what is copied. */
export interface ContentLayer {
  readonly source: ImageSource;
  /** Whether all that it has is in its file, as it is: not encoded, and in no further file. */
  readonly image: Pick<ChainLayer['image'], 'inFile'>;
  /** Whether its source makes the bytes from memory, and there is no file. Default: false. */
  readonly inMemory?: boolean;
}

/** What it takes to copy all of a disk. */
export interface ChainContent extends Pick<Chain, 'size' | 'segments'> {
  readonly layers: readonly ContentLayer[];
}

/**
 * Opens the images of a snapshot, base first, as one disk. Each cluster comes from the highest image that has it; what
 * none has reads as zero. A disk that grew reads as zero where no image has data; the size is that of the last image.
 * Images of version 1 and 2 may be mixed. A qcow2 image shows what its backing file has, which `openFile` opens; of several
 * images that are given, only the lowest one is followed.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT`, `HEADER_INVALID`, `IMAGE_UNSUPPORTED`,
 * `TABLE_DAMAGED`, `CHAIN_CLUSTER_SIZE` or `CHAIN_TOO_LONG`, and as `openFile`. Reading throws `FILE_UNREADABLE`, `CLUSTER_BEFORE_DATA`, `CLUSTER_BEYOND_END`,
 * `CLUSTER_MISALIGNED` or `TABLE_DAMAGED`: what a damaged cluster holds is never guessed.
 */
export async function openChain(
  sources: readonly ImageSource[],
  options: ChainOptions = {},
): Promise<Chain> {
  requireCall(IMAGE.openChain, [sources, options]);
  const { openFile, ...others } = options;
  return openChainIn(createWindowCache(), sources, {
    ...others,
    anyFormat: true,
    ...(openFile && {
      openFile: (name, of) => perform({ sync: neverBlocking, async: () => openFile(name, of) }),
    }),
  });
}

function neverBlocking(): never {
  throw new TypeError('a chain is opened without blocking');
}

/** {@link openChain} with a cache that it shares. */
export async function openChainIn(
  cache: WindowCache,
  sources: readonly ImageSource[],
  { rawBase = false, ...options }: ChainStepOptions,
): Promise<Chain> {
  const layers = await runAsync(openLayers(sources, { ...options, rawBase, depth: 'all' }));
  const [base, last] = [layers[0], layers.at(-1)];
  if (base === undefined || last === undefined)
    throw new RangeError('a chain has one image at least');
  const findings = rawBase
    ? [
        ...(await rawFindings(base.source)),
        ...baseFindings(base.source.file, base.source.bytes, layers[1]?.size),
      ]
    : [];
  return {
    ...chainOf(cache, layers, last.size, clusterBytesOf(layers)),
    diagnostics: [...findings, ...chainFindings(layers)],
  };
}

function chainOf(
  cache: WindowCache,
  layers: readonly ChainLayer[],
  size: Bytes,
  clusterBytes: number,
): Omit<Chain, 'diagnostics'> {
  const windows = createWindows(layers, size, clusterBytes, cache);

  async function readInto(target: Uint8Array, position: number): Promise<number> {
    requireCall(CHAIN.readInto, [target, position]);
    const { start, end } = rangeWithin(size, { start: position, end: position + target.length });
    for (let at = start; at < end;) {
      const until = Math.min(end, (Math.floor(at / windows.bytes) + 1) * windows.bytes);
      const window = windows.kept(at) ?? (await windows.load(at));
      const parts = segmentsWithin(window.segments, at, until);
      await readSegments(layers, parts, target, start);
      at = until;
    }
    return end - start;
  }

  const cluster = toByteCount(clusterBytes);
  return {
    size,
    clusterBytes: cluster,
    layers,
    parts: [{ start: toByteCount(0), end: size, clusterBytes: cluster, layers }],
    segments: (range = {}) => {
      requireCall(CHAIN.segments, [range]);
      const { start, end } = rangeWithin(size, { start: range.start, end: range.end });
      return windowSegments(windows, start, end);
    },
    readInto,
    read: reading(size, readInto),
  };
}

/** The file that holds a segment; `undefined` if it reads as zero. */
export function sourceOf(
  layers: readonly Pick<ChainLayer, 'source'>[],
  { layer, source }: Segment,
): ImageSource | undefined {
  return source ?? layers[layer]?.source;
}

/** `read` of a chain of that size. */
export function reading(size: Bytes, readInto: Chain['readInto']): Chain['read'] {
  return async (position, length) => {
    requireCall(CHAIN.read, [position, length]);
    const { start, end } = rangeWithin(size, { start: position, end: position + length });
    const target = new Uint8Array(end - start);
    await readInto(target, start);
    return target;
  };
}

/** Fills `target`, whose first byte is byte `origin` of the disk, with segments. */
export async function readSegments(
  layers: readonly Pick<ChainLayer, 'source'>[],
  segments: readonly Segment[],
  target: Uint8Array,
  origin: number,
): Promise<void> {
  const reads: Promise<void>[] = [];
  for (const segment of segments) {
    const { start, length, offset, decode } = segment;
    const part = target.subarray(start - origin, start - origin + length);
    const source = sourceOf(layers, segment);
    if (source === undefined) part.fill(0);
    else reads.push(decode ? runAsync(decode(part, start)) : readFully(source, part, offset));
  }
  const [only] = reads;
  // The target belongs to the reads until the last of them has settled.
  if (reads.length === 1) await only;
  else if (reads.length > 1) await settled(reads);
}

async function settled(reads: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(reads))
    if (result.status === 'rejected') throw result.reason;
}
