import {
  diagnostic,
  type Diagnostic,
  type DiskDescriptor,
  SECTOR_SIZE,
  toBytes,
  type Sectors,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { append, hintedTogether, type ImageSource } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { baseFindings } from '../chain/chain-layer.ts';
import type { ImageDescription } from '../formats/description.ts';
import { noImage } from '../formats/no-image.ts';
import { checkImage, type CheckImageOptions, type ImageCheck } from './check-image.ts';

/** What a descriptor says of its images. */
export interface StatedDisk extends Pick<DiskDescriptor, 'mode' | 'blockSize' | 'size'> {
  /** Whether it is a part of a split disk, whose range decides how long its images must be. */
  readonly isPart?: true;
  /** Whether no descriptor names the images, so that they may have any format. */
  readonly anyFormat?: true;
}

/** How to check a chain. */
export interface CheckChainOptions extends Omit<CheckImageOptions, 'rawBase'> {
  /** What the descriptor says, to compare the images with: of a raw disk the base is a bare disk. */
  readonly stated?: StatedDisk;
}

/** What each image of a chain is, and everything that is wrong with them and between them. */
export interface ChainCheck {
  /** Base first, each with its own findings. */
  readonly images: readonly ImageCheck[];
  /** Those of the images, and those of the chain. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks the images of a snapshot, base first, each by itself and against its neighbour and the descriptor. Changes
 * nothing.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function checkChain(
  sources: readonly ImageSource[],
  given: CheckChainOptions = {},
): Promise<ChainCheck> {
  requireCall(IMAGE.checkChain, [sources, given]);
  const { stated, ...options } = given;
  const images: ImageCheck[] = [];
  for (const [level, source] of sources.entries()) {
    const rawBase = level === 0 && stated?.mode === 'raw';
    const check = await checkImage(source, { ...options, rawBase });
    // Without a descriptor, the base may be a bare disk.
    const isBare = level === 0 && stated === undefined && check.description.format === 'raw';
    images.push(isBare ? { ...check, rawBase: true } : check);
  }
  const diagnostics = images.flatMap((image, level) => [
    ...image.diagnostics,
    ...comparePlace(image, level === 0, stated),
    ...compareImages(images[level - 1], image),
  ]);
  const all = [...diagnostics, ...compareSize(images.at(-1), stated)];
  return { images, diagnostics: hintedTogether(all) };
}

/** What is odd about an image in its place: that of the base, or above another one. */
export function comparePlace(
  { file, description, rawBase }: ImageCheck,
  isBase: boolean,
  stated: StatedDisk | undefined,
): readonly Diagnostic[] {
  const { format } = description;
  if (format === 'raw') {
    if (rawBase) return stated === undefined ? [] : partOfCluster(file, description, stated);
    return [noImage(file, description, isBase && stated ? toBytes(stated.size) : undefined)];
  }
  if (stated === undefined || stated.anyFormat === true) return [];
  if (format === 'qcow2') return [diagnostic('IMAGE_UNSUPPORTED', { file, format })];
  const findings: Diagnostic[] = [];
  if (description.blockSize !== stated.blockSize)
    findings.push(
      diagnostic('BLOCK_SIZE_DIFFERS', {
        file,
        sectors: description.blockSize,
        stated: stated.blockSize,
      }),
    );
  return findings;
}

/** Reports a bare disk that ends within a cluster: the tool puts deltas of whole clusters on it. */
function partOfCluster(
  file: string,
  { size, fileBytes }: Extract<ImageDescription, { readonly format: 'raw' }>,
  { blockSize, size: diskSize, isPart, anyFormat }: StatedDisk,
): readonly Diagnostic[] {
  const whole = Math.ceil(size / blockSize) * blockSize;
  if (isPart === true || anyFormat === true || size === whole || fileBytes < toBytes(diskSize))
    return [];
  return [diagnostic('SIZE_NOT_WHOLE', { file, sectors: size, whole })];
}

/** What does not fit between an image and the one below it. */
export function compareImages(
  lower: ImageCheck | undefined,
  { file, description: upper }: ImageCheck,
): readonly Diagnostic[] {
  const below = lower?.description;
  if (lower === undefined || below === undefined || upper.format !== 'ploop') return [];
  const findings: Diagnostic[] = [];
  if (below.format === 'ploop' && below.blockSize !== upper.blockSize)
    findings.push(
      diagnostic('CHAIN_CLUSTER_SIZE', {
        file,
        sectors: upper.blockSize,
        expected: below.blockSize,
      }),
    );
  if (below.format === 'ploop' && below.version !== upper.version)
    findings.push(
      diagnostic('CHAIN_VERSION', { file, version: upper.version, lower: below.version }),
    );
  const [size, lowerSize] = [upper.size, sizeOf(lower)];
  if (lower.rawBase && size !== undefined)
    append(findings, baseFindings(lower.file, below.fileBytes, toBytes(size)));
  if (size !== undefined && lowerSize !== undefined && lowerSize > size)
    findings.push(diagnostic('CHAIN_SHRUNK', { file, sectors: size, lower: lowerSize }));
  return findings;
}

/** Whether the top has the size that the descriptor states; a file that is not an image has none. */
export function compareSize(
  top: ImageCheck | undefined,
  stated: StatedDisk | undefined,
): readonly Diagnostic[] {
  if (top === undefined || stated === undefined || stated.anyFormat === true) return [];
  const { file, description, rawBase } = top;
  const size = sizeOf(top);
  const diskBytes = toBytes(stated.size);
  if (rawBase && description.fileBytes < diskBytes)
    return [truncated(file, description.fileBytes, diskBytes)];
  return size === undefined || size === stated.size
    ? []
    : [diagnostic('DISK_SIZE_DIFFERS', { file, sectors: size, stated: stated.size })];
}

/** Whether the top of a part of a split disk fills its range. */
export function compareRange(
  top: ImageCheck,
  { size: expected }: StatedDisk,
): readonly Diagnostic[] {
  const size = sizeOf(top);
  const { rawBase, description } = top;
  const isCut = rawBase && description.fileBytes < toBytes(expected);
  const sectors = isCut ? Math.floor(description.fileBytes / SECTOR_SIZE) : size;
  return sectors === undefined || sectors === expected
    ? []
    : [diagnostic('STORAGE_IMAGE_SIZE', { file: top.file, sectors, expected })];
}

/** A bare disk that ends before the disk that its descriptor states. */
export function truncated(file: string, bytes: number, diskBytes: number): Diagnostic {
  return diagnostic('IMAGE_TRUNCATED', { file, bytes, disk: diskBytes, lost: diskBytes - bytes });
}

function sizeOf({
  description,
  rawBase,
}: Pick<ImageCheck, 'description' | 'rawBase'>): Sectors | undefined {
  if (description.format === 'ploop') return description.size;
  return description.format === 'raw' && rawBase ? description.size : undefined;
}
