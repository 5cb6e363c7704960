import { open, type FileHandle } from 'node:fs/promises';

import { parseDescriptorOrThrow, resolveFile, sameGuid } from '@ploop/descriptor';

const BAT_START = 64;
const SECTOR = 512;

/** What a recording wrote to an image. */
interface Write {
  readonly guid: string;
  readonly clusters: readonly number[];
  readonly fill: number;
}

/** Writes to clusters of an image as the recordings were made: new clusters come after those in use. */
export async function writeClusters(
  directory: string,
  text: string,
  { guid, clusters, fill }: Write,
): Promise<void> {
  const { images, blockSize } = parseDescriptorOrThrow(text);
  const image = images.find((one) => sameGuid(one.guid, guid));
  if (image === undefined) throw new Error(`no image ${guid}`);
  const handle = await open(resolveFile(directory, image.file), 'r+');
  try {
    const clusterBytes = blockSize * SECTOR;
    for (const cluster of clusters) {
      const place =
        (await read(handle, 0, 16)).toString('latin1', 0, 6) === 'Withou'
          ? await placeOf(handle, cluster, clusterBytes)
          : cluster * clusterBytes;
      await handle.write(Buffer.alloc(clusterBytes, fill), 0, clusterBytes, place);
    }
  } finally {
    await handle.close();
  }
}

async function placeOf(handle: FileHandle, cluster: number, bytes: number): Promise<number> {
  const header = await read(handle, 0, BAT_START);
  const unit = header.toString('latin1', 0, 16) === 'WithouFreSpacExt' ? bytes : SECTOR;
  const table = await read(handle, BAT_START, 4 * header.readUInt32LE(32));
  const entries = Array.from({ length: table.length / 4 }, (_, at) => table.readUInt32LE(4 * at));
  const known = entries[cluster] ?? 0;
  if (known !== 0) return known * unit;
  const first = header.readUInt32LE(48) * SECTOR;
  const place = Math.max(first - bytes, ...entries.map((entry) => entry * unit)) + bytes;
  const entry = Buffer.alloc(4);
  entry.writeUInt32LE(place / unit);
  await handle.write(entry, 0, 4, BAT_START + 4 * cluster);
  return place;
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}
