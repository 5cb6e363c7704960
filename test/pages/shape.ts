import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  descriptorXml,
  imageBytes,
  testGuid,
  type HeaderFields,
} from '../../packages/test-kit/src/index.ts';

/** The constant GUID of the top. */
export const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

/** A healthy disk, before anything is made wrong: a chain of images. */
export interface Shape {
  readonly version: 1 | 2;
  /** Sectors in a cluster. */
  readonly blockSize: number;
  /** Clusters of the disk. */
  readonly clusters: number;
  /** The clusters that each image has, in the order of its file; the base first. */
  readonly levels: readonly (readonly number[])[];
  /** The names of the image files. */
  readonly files: readonly string[];
}

/** Small enough to be made a hundred times, large enough to have clusters of each kind. */
export const SHAPE: Shape = {
  version: 1,
  blockSize: 128,
  clusters: 16,
  levels: [
    [0, 1, 2, 3, 4, 5],
    [2, 3, 8],
    [3, 4, 9, 12],
  ],
  files: ['root.hdd', 'root.hdd.1', 'root.hdd.2'],
};

/** What differs from a healthy image. */
export interface ImageChange {
  readonly version?: 1 | 2;
  /** Clusters of another size, which keep their numbers. */
  readonly blockSize?: number;
  readonly header?: HeaderFields;
}

/** The bytes of an image of a disk: every cluster of every image is distinguished from all others. */
export function imageOf(shape: Shape, level: number, change: ImageChange = {}): Buffer {
  const { version = shape.version, blockSize = shape.blockSize, header = {} } = change;
  const clusters = Math.ceil((shape.clusters * shape.blockSize) / blockSize);
  const clusterBytes = blockSize * 512;
  const firstBlock = header.firstBlock ?? Math.ceil((64 + 4 * clusters) / clusterBytes) * blockSize;
  const held = shape.levels[level] ?? [];
  const bat = new Array<number>(clusters).fill(0);
  for (const [index, cluster] of held.entries()) {
    const at = firstBlock + index * blockSize;
    bat[cluster] = version === 1 ? at : at / blockSize;
  }
  const fields = { version, blockSize, clusters, firstBlock, flags: held.length === 0 ? 1 : 0 };
  const bytes = Buffer.from(imageBytes({ ...fields, ...header }, bat, held.length));
  for (const [index, cluster] of held.entries()) {
    const at = firstBlock * 512 + index * clusterBytes;
    bytes.fill(`${String(level)}.${String(cluster)};`, at, at + clusterBytes);
  }
  return bytes;
}

/** Makes a healthy disk. */
export function makeDisk(directory: string, shape: Shape): void {
  mkdirSync(directory, { recursive: true });
  for (const [level, file] of shape.files.entries())
    writeFileSync(join(directory, file), imageOf(shape, level));
  const nodes = shape.files.map((file, level) =>
    level === 0 ? { file } : { file, parent: level - 1 },
  );
  const sizes = {
    blockSize: String(shape.blockSize),
    size: String(shape.clusters * shape.blockSize),
  };
  writeFileSync(join(directory, 'DiskDescriptor.xml'), descriptorXml(nodes, sizes));
}

/** The GUID of the n-th image, the base first. */
export function guidOf({ files }: Shape, level: number): string {
  return level === files.length - 1 ? TOP : testGuid(level);
}
