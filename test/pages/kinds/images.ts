import { readFileSync } from 'node:fs';

import { batEntry, entryAt, setSize, word } from '../bytes.ts';
import type { Kind } from './kind.ts';

const MARK = 0x746f_6e59;

/** Situations of headers, of block tables and of the ends of files. */
export const imageKinds: readonly Kind[] = [
  {
    name: 'a table of zeros',
    make: ({ patch, shape }, level) => {
      patch(level, (bytes) => bytes.fill(0, 64, 64 + 4 * shape.clusters));
    },
    code: 'BAT_LOST',
  },
  {
    name: 'a lost entry',
    make: ({ patch, shape }, level) => {
      patch(level, (bytes) => {
        batEntry(bytes, shape.levels[level]?.[0] ?? 0, 0, shape.blockSize);
        return undefined;
      });
    },
    code: 'BAT_PARTLY_LOST',
  },
  {
    name: 'a cut file',
    make: ({ patch, shape }, level) => {
      patch(level, (bytes) => bytes.subarray(0, -512 * shape.blockSize));
    },
    code: 'CLUSTER_BEYOND_END',
  },
  {
    name: 'a file with more at its end',
    make: ({ patch }, level) => {
      patch(level, (bytes) => Buffer.concat([bytes, Buffer.alloc(1000, 1)]));
    },
    code: 'FILE_END_ODD',
  },
  {
    name: 'an image in use',
    make: ({ patch }, level) => {
      patch(level, word(44, MARK));
    },
    code: 'IMAGE_IN_USE',
  },
  {
    name: 'two clusters in one place',
    make: ({ patch, shape }, level) => {
      const [first = 0, second = 0] = shape.levels[level] ?? [];
      patch(level, (bytes) => {
        batEntry(bytes, second, entryAt(bytes, first, shape.blockSize), shape.blockSize);
        return undefined;
      });
    },
    code: 'CLUSTER_SHARED',
    beside: ['CLUSTERS_UNUSED', 'BAT_PARTLY_LOST'],
  },
  {
    name: 'a size that is too small',
    at: 'below',
    make: ({ patch, shape }, level) => {
      patch(level, setSize(Math.max(...(shape.levels[level] ?? [])) * shape.blockSize));
    },
    code: 'SIZE_DAMAGED',
    beside: ['BAT_STALE', 'CHAIN_SHRUNK', 'CLUSTERS_UNUSED'],
  },
  {
    name: 'an image of the other version',
    at: 'delta',
    make: ({ rewrite, shape }, level) => {
      rewrite(level, { version: shape.version === 1 ? 2 : 1 });
    },
    code: 'CHAIN_VERSION',
  },
  {
    name: 'a merge into an empty image that was interrupted',
    at: 'middle',
    make: (disk, level) => {
      const { shape, patch, image } = disk;
      const upper = readFileSync(image(level + 1));
      const clusterBytes = 512 * shape.blockSize;
      const first = [...(shape.levels[level + 1] ?? [])].sort((one, other) => one - other)[0] ?? 0;
      const at = 512 * entryAt(upper, first, shape.blockSize);
      patch(level, (bytes) => {
        const start = bytes.readUInt32LE(48) * 512;
        const empty = bytes.subarray(0, start).fill(0, 64, 64 + 4 * shape.clusters);
        return Buffer.concat([empty, upper.subarray(at, at + clusterBytes)]);
      });
    },
    code: 'MERGE_INTERRUPTED',
  },
];
