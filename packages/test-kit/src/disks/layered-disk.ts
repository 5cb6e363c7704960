import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes } from '@ploop/test-kit';

const BLOCK_SIZE = 128;
const CLUSTER = BLOCK_SIZE * 512;
const ZEROS = Buffer.alloc(CLUSTER);
const STALE = 0xee;

/**
 * Makes a ploop disk in `directory` whose top reads as the raw disk in the file `raw`: its clusters are spread over
 * `levels` images, and images below have stale bytes in the place of newer ones.
 */
export async function layeredDisk(directory: string, raw: string, levels = 3): Promise<string> {
  const disk = await readFile(raw);
  const clusters = Math.ceil(disk.length / CLUSTER);
  await mkdir(directory, { recursive: true });
  for (let level = 0; level < levels; level += 1) {
    const held: Buffer[] = [];
    const table = Array.from({ length: clusters }, (_, cluster) => {
      const bytes = disk.subarray(cluster * CLUSTER, (cluster + 1) * CLUSTER);
      const newest = ZEROS.subarray(0, bytes.length).equals(bytes) ? -1 : (cluster * 7) % levels;
      if (level > newest || (level < newest && cluster % 3 === 0)) return 0;
      held.push(level === newest ? bytes : Buffer.alloc(CLUSTER, STALE));
      return held.length;
    });
    const start = imageBytes({ blockSize: BLOCK_SIZE, clusters }).length;
    const entries = table.map((entry) => (entry === 0 ? 0 : entry - 1 + start / CLUSTER));
    const image = imageBytes({ blockSize: BLOCK_SIZE, clusters }, entries, held.length);
    for (const [index, bytes] of held.entries()) image.set(bytes, start + index * CLUSTER);
    await writeFile(join(directory, `d${String(level)}`), image);
  }
  const shots = Array.from({ length: levels }, (_, level) =>
    level === 0 ? {} : { parent: level - 1 },
  );
  const size = String(clusters * BLOCK_SIZE);
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml(shots, { blockSize: String(BLOCK_SIZE), size }),
  );
  return directory;
}
