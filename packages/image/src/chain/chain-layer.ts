import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  SECTOR_SIZE,
  bytes as toByteCount,
  toBytes,
  type Bytes,
} from '@ploop/descriptor';
import { runAsync, type Steps, type ImageSource } from '@ploop/descriptor/internal';

import {
  describeImage,
  rawDescription,
  startOf,
  type DescriptionResult,
  type ImageDescription,
} from '../formats/describe.ts';
import type { ImageLayout } from '../formats/ploop/layout.ts';
import { noImage } from '../formats/no-image.ts';

const DEFAULT_CLUSTER_BYTES = 1 << 20;

/** 256 volumes of 127 images each: what any release can put together. */
const MOST_IMAGES = 32_512;

/**
 * Refuses a chain of more images than are told apart here.
 *
 * @throws DescriptorError `CHAIN_TOO_LONG`.
 */
export function refuseTooLong(images: number): void {
  if (images > MOST_IMAGES)
    throw new DescriptorError([diagnostic('CHAIN_TOO_LONG', { images, most: MOST_IMAGES })]);
}

/** One image of a chain, ready to be read. */
export interface ChainLayer {
  readonly source: ImageSource;
  readonly description: ImageDescription;
  /** Virtual size. */
  readonly size: Bytes;
  /** Absent for a raw image, whose bytes are where they are. */
  readonly layout?: ImageLayout;
}

/**
 * Opens one image of a chain.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT`, `HEADER_INVALID` or `IMAGE_UNSUPPORTED`.
 */
export async function openLayer(source: ImageSource): Promise<ChainLayer> {
  return layerOf(source, await describeImage(source));
}

/** {@link openLayer} as steps; the description is that of the header alone. */
export function* layerAt(source: ImageSource): Steps<ChainLayer> {
  return layerOf(source, yield* startOf(source));
}

function layerOf(source: ImageSource, { description, diagnostics }: DescriptionResult): ChainLayer {
  const { file } = source;
  if (description.format === 'qcow2')
    throw new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2' })]);
  if (description.format === 'raw') throw new DescriptorError([noImage(file, description)]);
  const { layout, size } = description;
  const [first, ...rest] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  if (layout === undefined || size === undefined)
    throw new TypeError('an image can either be read or a finding says why not');
  return { source, description, size: toBytes(size), layout };
}

/** A base that is a bare disk. Its first bytes are the guest's, and must not make it another format. */
export function rawLayer(source: ImageSource): ChainLayer {
  const description = rawDescription(source.bytes);
  return { source, description, size: toBytes(description.size) };
}

/**
 * What to know of a raw base.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function rawFindings(source: ImageSource): Promise<readonly Diagnostic[]> {
  const { file, bytes } = source;
  const { description } = await runAsync(startOf(source));
  const findings: Diagnostic[] = [];
  if (description.format !== 'raw') findings.push(diagnostic('BASE_NOT_RAW', { file }));
  if (bytes % SECTOR_SIZE !== 0)
    findings.push(diagnostic('FILE_END_ODD', { file, bytes, cluster: SECTOR_SIZE }));
  return findings;
}

/** Whether a raw base ends before a disk of `diskBytes` above it. */
export function baseFindings(
  file: string,
  bytes: number,
  diskBytes: number | undefined,
): readonly Diagnostic[] {
  if (diskBytes === undefined || bytes >= diskBytes) return [];
  return [diagnostic('BASE_SHORTER', { file, bytes, disk: diskBytes })];
}

/** How many bytes of a disk its layers hold: of a bare disk as many as its file has. */
export function heldBytes(layers: readonly ChainLayer[]): Bytes | undefined {
  const top = layers.at(-1);
  return top?.layout === undefined ? top && toByteCount(top.source.bytes) : top.size;
}

/**
 * The cluster size that all layers have which have one.
 *
 * @throws DescriptorError `CHAIN_CLUSTER_SIZE` where they do not agree.
 */
export function clusterBytesOf(layers: readonly ChainLayer[]): number {
  const clusterBytes = layers.find(({ layout }) => layout !== undefined)?.layout?.clusterBytes;
  const other = layers.find(
    ({ layout }) => layout !== undefined && layout.clusterBytes !== clusterBytes,
  );
  if (other === undefined) return clusterBytes ?? DEFAULT_CLUSTER_BYTES;
  throw new DescriptorError([
    diagnostic('CHAIN_CLUSTER_SIZE', {
      file: other.source.file,
      sectors: (other.layout?.clusterBytes ?? 0) / SECTOR_SIZE,
      expected: (clusterBytes ?? 0) / SECTOR_SIZE,
    }),
  ]);
}

/** What to know of a chain that can be read. */
export function chainFindings(layers: readonly ChainLayer[]): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  const last = layers.at(-1);
  if (last?.description.format === 'ploop' && last.description.mark.state === 'in-use')
    findings.push(diagnostic('IMAGE_IN_USE', { file: last.source.file }));
  const above = largestAbove(layers);
  let below = 0;
  for (const [index, { size, source }] of layers.entries()) {
    const highest = above[index] ?? 0;
    if (size < below && size < highest)
      findings.push(
        diagnostic('CHAIN_REGROWN', {
          file: source.file,
          from: size,
          to: Math.min(below, highest),
        }),
      );
    below = Math.max(below, size);
  }
  return findings;
}

/** By layer: the size of the largest above it. */
function largestAbove(layers: readonly ChainLayer[]): Float64Array {
  const most = new Float64Array(layers.length);
  for (let index = layers.length - 2; index >= 0; index -= 1)
    most[index] = Math.max(most[index + 1] ?? 0, layers[index + 1]?.size ?? 0);
  return most;
}
