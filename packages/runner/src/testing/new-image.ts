import { SECTOR_SIZE } from '@ploop/descriptor';
import type { NewImage } from '@ploop/image';
import { BAT_START } from '@ploop/image/internal';

import { holds } from './facts.ts';
import { makeFile, writeFully } from './image-file.ts';
import type { Call } from './simulation.ts';

/** Where a new image stands, and how it begins. */
interface Made {
  readonly path: string;
  readonly image: NewImage;
  /** Whether all clusters have a place in the file. */
  readonly isAllocated?: boolean;
}

/** Writes a new image where there is no file, as the release makes it. */
export async function makeImage(
  { path, image, isAllocated = false }: Made,
  call: Call,
): Promise<void> {
  const { size, blockSize, version, header, fileBytes } = image;
  const kind = isAllocated ? 'preallocated delta' : 'delta';
  call.log.line(
    `Creating ${kind} ${path} bs=${String(blockSize)} size=${String(size)} sectors v${String(version)}`,
  );
  const isFull = isAllocated || holds('makesFullImages', call.simulation.release);
  const end = fileBytes + (isFull ? size * SECTOR_SIZE : 0);
  if (isFull && !isAllocated)
    call.log.line(`Grow ${path} up to ${String(end / SECTOR_SIZE)}sec`, 3);
  await makeFile(path, async (handle) => {
    await handle.truncate(end);
    await writeFully(handle, header, 0);
    if (isAllocated) await writeFully(handle, tableOf(image), BAT_START);
  });
}

/** A table that gives each cluster the next place. */
function tableOf({ size, blockSize, version, fileBytes }: NewImage): Uint8Array {
  const clusterBytes = blockSize * SECTOR_SIZE;
  const unit = version === 1 ? SECTOR_SIZE : clusterBytes;
  const table = new DataView(new ArrayBuffer((size / blockSize) * 4));
  for (let cluster = 0; cluster < size / blockSize; cluster += 1)
    table.setUint32(cluster * 4, (fileBytes + cluster * clusterBytes) / unit, true);
  return new Uint8Array(table.buffer);
}
