import { SECTOR_SIZE } from '@ploop/descriptor';
import type { ChainContent } from '@ploop/image';
import { laidOut, surveyUnits, type Below, type ImageWriter } from '@ploop/image/internal';

/** Another image file that shows through where one stores nothing. */
export interface Over {
  readonly below: Below;
  /** Its name, relative to the image. */
  readonly name: string;
  /** Its format, as QEMU calls it. */
  readonly format: string;
}

/** How to lay out an image file. */
interface LayOutOptions {
  /** 16 bytes that identify the image. */
  readonly id: Uint8Array;
  readonly over?: Over;
  readonly signal: AbortSignal;
}

/**
 * The image file that holds a disk, as something to copy.
 *
 * @throws Error if the disk is too large for the format, and what reading its tables throws.
 */
export async function layOut(
  disk: ChainContent,
  writer: ImageWriter,
  { id, over, signal }: LayOutOptions,
): Promise<ChainContent> {
  const size = imageSize(disk, writer);
  const below = over && { below: over.below };
  const units = await surveyUnits(disk, writer.unitBytes, { ...below, signal });
  const backing = over && { backing: { name: over.name, format: over.format } };
  return laidOut(disk, units, writer.plan({ size, units, id, ...backing }));
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
