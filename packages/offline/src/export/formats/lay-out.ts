import { SECTOR_SIZE } from '@ploop/descriptor';
import type { ChainContent } from '@ploop/image';
import { laidOut, surveyUnits, type ImageWriter } from '@ploop/image/internal';

/**
 * The image file that holds a disk, as something to copy.
 *
 * @throws Error if the disk is too large for the format, and what reading its tables throws.
 */
export async function layOut(
  disk: ChainContent,
  writer: ImageWriter,
  signal: AbortSignal,
): Promise<ChainContent> {
  const size = imageSize(disk, writer);
  const units = await surveyUnits(disk, writer.unitBytes, { signal });
  return laidOut(disk, units, writer.plan({ size, units }));
}

/**
 * Bytes of the disk in an image: whole sectors.
 *
 * @throws Error if the disk is too large for the format.
 */
export function imageSize(
  disk: Pick<ChainContent, 'size'>,
  { mostBytes }: Pick<ImageWriter, 'mostBytes'>,
): number {
  const size = Math.ceil(disk.size / SECTOR_SIZE) * SECTOR_SIZE;
  if (size > mostBytes)
    throw new Error(`the format has disks of at most ${String(mostBytes)} bytes`);
  return size;
}
