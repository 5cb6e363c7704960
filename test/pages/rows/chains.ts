import { copyFileSync, linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { topOf } from '../by-hand.ts';
import { word } from '../bytes.ts';

const IN_USE = 0x746f6e59;
/** Deletes the shot of an image, which merges the image and the one above it. */
const deletion =
  (level: number) =>
  ({ guid }: Disk): string =>
    `ploop snapshot-delete -u ${guid(level)} DiskDescriptor.xml`;

const SEPARATE = 'cp -aL --sparse=never FILE FILE.copy && mv FILE.copy FILE';
/** The same command for the second image. */
const separateSecond = ({ shape }: Disk): string =>
  SEPARATE.replaceAll('FILE', `'${shape.files[1] ?? ''}'`).replaceAll("'.copy", ".copy'");

/** Leaves an image as a killed conversion does: the old table in a file beside it, half of the new one in its place. */
const halfConverted = (disk: Disk): void => {
  const level = topOf(disk);
  const path = disk.image(level);
  disk.patch(level, word(44, IN_USE));
  const { blockSize, clusters } = disk.shape;
  const first = Math.ceil((64 + 4 * clusters) / (blockSize * 512)) * blockSize;
  writeFileSync(`${path}.idx`, readFileSync(path).subarray(0, first * 512));
  disk.patch(level, (bytes) => {
    bytes.write('WithouFreSpacExt', 0, 'latin1');
    bytes.writeUInt32LE(2, 52);
    return undefined;
  });
};
const removeSaved = (disk: Disk): void => {
  rmSync(`${disk.image()}.idx`);
};

/** Defects between images: their versions, cluster sizes and files. */
export const chainRows: readonly Row[] = [
  {
    page: 'CHAIN_VERSION',
    hint: /Let nothing merge/,
    make: (disk) => {
      disk.rewrite(1, { version: 2 });
    },
    tries: [
      { command: 'ploop snapshot-delete', run: deletion(0), data: 'lost' },
      { command: 'ploop snapshot-delete', run: deletion(1), data: 'lost' },
      {
        command: 'ploop snapshot-merge',
        run: 'ploop snapshot-merge DiskDescriptor.xml',
        data: 'lost',
      },
      { run: 'ploop convert -v 2 DiskDescriptor.xml', exit: 38 },
      {
        command: 'ploop-inspect export',
        run: 'ploop-inspect export DIR --output DIR/disk.raw --verify',
      },
    ],
    mends: [{ steps: [{ command: 'ploop convert -v 1 DiskDescriptor.xml' }] }],
  },
  {
    page: 'CHAIN_CLUSTER_SIZE',
    hint: /Let nothing merge/,
    beside: ['BLOCK_SIZE_DIFFERS'],
    make: (disk) => {
      disk.rewrite(1, { blockSize: disk.shape.blockSize / 2 });
    },
    tries: [
      { command: 'ploop check DiskDescriptor.xml', exit: 38 },
      { run: deletion(0), data: 'lost' },
    ],
  },
  {
    page: 'CHAIN_CLUSTER_SIZE',
    beside: ['BLOCK_SIZE_DIFFERS'],
    shape: {
      levels: [
        [0, 1, 2, 3, 4, 5],
        [2, 3],
        [3, 4, 9, 12],
      ],
    },
    make: (disk) => {
      disk.rewrite(1, { blockSize: disk.shape.blockSize * 2 });
    },
    tries: [{ run: deletion(0), exit: 'signal', data: 'lost' }],
  },
  {
    page: 'DELTA_SHARED',
    make: (disk) => {
      rmSync(disk.image(1));
      symlinkSync(basename(disk.image(0)), disk.image(1));
    },
    tries: [
      {
        command: 'ploop-inspect export',
        run: 'ploop-inspect export --output DIR/disk.raw DIR',
        exit: 1,
        says: /DELTA_SHARED/,
      },
    ],
    mends: [{ steps: [{ command: SEPARATE, run: separateSecond }], like: 'found' }],
  },
  {
    page: 'DELTA_SHARED',
    make: (disk) => {
      rmSync(disk.image(1));
      linkSync(disk.image(0), disk.image(1));
    },
    mends: [{ steps: [{ command: SEPARATE, run: separateSecond }], like: 'found' }],
  },
  {
    page: 'IMAGE_LINKED',
    make: (disk) => {
      linkSync(disk.image(), `${disk.image()} kept`);
    },
    mends: [
      {
        steps: [{ command: 'cp -p --sparse=never FILE FILE.copy && mv FILE.copy FILE' }],
        leaves: ['DELTA_ORPHANED'],
      },
    ],
  },
  {
    page: 'CONVERSION_INTERRUPTED',
    beside: [
      ...(['IMAGE_IN_USE', 'IMAGE_CONVERTING', 'CHAIN_VERSION'] as const),
      ...(['CLUSTER_BEYOND_END', 'CLUSTERS_UNUSED'] as const),
    ],
    make: halfConverted,
    tries: [
      {
        command: 'ploop convert -v',
        run: 'ploop convert -v 1 DiskDescriptor.xml',
        exit: 4,
      },
      { command: 'ploop-inspect check', run: 'ploop-inspect check DIR', exit: 1 },
      { run: 'ploop check IMAGE', exit: 17 },
    ],
    mends: [
      {
        steps: [
          { command: 'dd if=IMAGE.idx of=IMAGE conv=notrunc' },
          { command: 'ploop check -d IMAGE' },
          removeSaved,
        ],
      },
    ],
  },
  {
    page: 'IMAGE_CONVERTING',
    make: (disk) => {
      disk.patch(topOf(disk), word(52, 2));
    },
    tries: [
      { command: 'ploop check', run: 'ploop check DiskDescriptor.xml' },
      { command: 'ploop check', run: 'ploop check -f IMAGE' },
    ],
  },
  {
    page: 'OPERATION_INTERRUPTED',
    make: (disk) => {
      copyFileSync(disk.descriptor, `${disk.descriptor}.tmp`);
    },
  },
];
