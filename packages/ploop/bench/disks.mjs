import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseDescriptor, resolveFile } from '@ploop/descriptor';

import { generate } from '../../descriptor/bench/generate.mjs';

/** An image of 10 GiB in clusters of 1 MiB without data, of version 2. */
function emptyImage() {
  const clusterSectors = 2048;
  const clusters = 10_240;
  const bytes = Buffer.alloc(clusterSectors * 512);
  bytes.write('WithouFreSpacExt', 'latin1');
  bytes.writeUInt32LE(2, 16);
  bytes.writeUInt32LE(16, 20);
  bytes.writeUInt32LE(20_805, 24);
  bytes.writeUInt32LE(clusterSectors, 28);
  bytes.writeUInt32LE(clusters, 32);
  bytes.writeBigUInt64LE(BigInt(clusters * clusterSectors), 36);
  bytes.writeUInt32LE(clusterSectors, 48);
  return bytes;
}

/** What an unmount leaves: block size, blocks, free ones, inodes, free ones. */
function statfsBytes() {
  const numbers = [4096n, 2_547_013n, 2_537_791n, 655_360n, 655_348n];
  const bytes = Buffer.alloc(40);
  for (const [index, number] of numbers.entries()) bytes.writeBigUInt64LE(number, index * 8);
  return bytes;
}

/** A disk of so many shots that was unmounted a while ago. Gives the path of its descriptor. */
export function makeDisk(parent, shots) {
  const directory = join(parent, String(shots));
  mkdirSync(directory);
  const text = generate(shots);
  const path = join(directory, 'DiskDescriptor.xml');
  writeFileSync(path, text);
  writeFileSync(join(directory, '.statfs'), statfsBytes());
  const { descriptor } = parseDescriptor(text);
  for (const { file } of [descriptor.images[0], descriptor.images.at(-1)])
    writeFileSync(resolveFile(directory, file), emptyImage());
  return path;
}
