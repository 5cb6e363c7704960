import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  SECTOR_SIZE,
  type Bytes,
} from '@ploop/descriptor';
import { runAsync, type ImageSource } from '@ploop/descriptor/internal';

import { startOf } from '../formats/describe.ts';
import type { ImageDescription } from '../formats/description.ts';
import type { OpenImage } from '../formats/image-format.ts';

const DEFAULT_CLUSTER_BYTES = 1 << 20;

/** 256 volumes of 127 images each: what any release can put together. */
const MOST_IMAGES = 32_512;

/**
 * Refuses a chain of more images than are distinguished here.
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
  /** Where its bytes are. */
  readonly image: OpenImage;
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
  return layers.at(-1)?.image.size;
}

/**
 * The cluster size of a chain: that of the images that must have the same one, else the largest.
 *
 * @throws DescriptorError `CHAIN_CLUSTER_SIZE` if images that must have the same one do not.
 */
export function clusterBytesOf(layers: readonly ChainLayer[]): number {
  let found: number | undefined;
  for (const { image, source } of layers) {
    const { clusterSize, sameClusters } = image;
    if (clusterSize === undefined) continue;
    if (sameClusters && found !== undefined && found !== clusterSize)
      throw new DescriptorError([
        diagnostic('CHAIN_CLUSTER_SIZE', {
          file: source.file,
          sectors: clusterSize / SECTOR_SIZE,
          expected: found / SECTOR_SIZE,
        }),
      ]);
    found = Math.max(found ?? 0, clusterSize);
  }
  return found ?? DEFAULT_CLUSTER_BYTES;
}

/** What to know of a chain that can be read. */
export function chainFindings(layers: readonly ChainLayer[]): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  const last = layers.at(-1);
  if (last !== undefined && isInUse(last.description))
    findings.push(diagnostic('IMAGE_IN_USE', { file: last.source.file }));
  for (const { description, source } of layers)
    if (description.format === 'qcow2' && description.corrupt)
      findings.push(diagnostic('IMAGE_CORRUPT', { file: source.file }));
  // Other formats say what is beyond the end of an image.
  if (!layers.some(({ image }) => image.sameClusters)) return findings;
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

function isInUse(description: ImageDescription): boolean {
  return description.format === 'ploop'
    ? description.mark.state === 'in-use'
    : description.format === 'qcow2' && description.dirty;
}

/** By layer: the size of the largest above it. */
function largestAbove(layers: readonly ChainLayer[]): Float64Array {
  const most = new Float64Array(layers.length);
  for (let index = layers.length - 2; index >= 0; index -= 1)
    most[index] = Math.max(most[index + 1] ?? 0, layers[index + 1]?.size ?? 0);
  return most;
}
