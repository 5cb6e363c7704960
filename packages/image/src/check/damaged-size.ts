import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';

import { batEnd } from '../formats/ploop/layout.ts';
import type { PloopDescription } from '../formats/ploop/ploop-description.ts';
import { nextAllocated } from '../formats/ploop/table/bat.ts';
import type { StatedDisk } from './check-chain.ts';

/** How far to look, and until when. */
interface DamagedSizeOptions {
  /** How many entries after the size to read. Default: all that the header states. */
  readonly most?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The finding about an image whose header states too small a size: its table has as many entries as the disk needs, and
 * leads to data after that size. A disk that grew has images with fewer entries, and no data lies after the size of an
 * image whose table is longer by nature.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function damagedSize(
  source: ImageSource,
  { layout, size, blockSize, statedClusters }: PloopDescription,
  stated: StatedDisk,
  { most = statedClusters, signal }: DamagedSizeOptions = {},
): Promise<readonly Diagnostic[]> {
  const isOfDisk =
    stated.isPart !== true &&
    blockSize === stated.blockSize &&
    statedClusters === Math.ceil(stated.size / stated.blockSize);
  if (layout === undefined || size === undefined || !isOfDisk || size >= stated.size) return [];
  if (batEnd(statedClusters) > Math.min(layout.dataStart, layout.fileBytes)) return [];
  const end = Math.min(statedClusters, layout.clusters + most);
  if ((await nextAllocated(source, layout.clusters, end, signal)) >= end) return [];
  const { file } = source;
  return [diagnostic('SIZE_DAMAGED', { file, sectors: size, stated: stated.size })];
}
