import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { inShell, topOf } from '../by-hand.ts';
import { batEntry, entryAt, setSize, word } from '../bytes.ts';

/** A size in the header of the top that ends before its last two clusters: `check` leaves the first of them. */
const shrinkTop = (disk: Disk): void => {
  const held = [...(disk.shape.levels[topOf(disk)] ?? [])].sort((one, other) => one - other);
  disk.patch(topOf(disk), setSize((held.at(-2) ?? 0) * disk.shape.blockSize));
};
const healTop = (disk: Disk): void => {
  disk.patch(topOf(disk), setSize(disk.shape.clusters * disk.shape.blockSize));
};

const healBase = (disk: Disk): void => {
  disk.patch(0, setSize(disk.shape.clusters * disk.shape.blockSize));
};

/** Writes the table of the top from the copy beside the disk. */
const restoreTable = (disk: Disk): void => {
  inShell(disk, `dd if=../BACKUP of='${disk.image()}' bs=64 skip=1 seek=1 count=1 conv=notrunc`);
};

/** Defects of block tables, of sizes and of the ends of files. */
export const tableRows: readonly Row[] = [
  {
    page: 'BAT_PARTLY_LOST',
    make: (disk) => {
      copyFileSync(disk.image(), join(disk.directory, '..', 'BACKUP'));
      disk.patch(topOf(disk), (bytes) => {
        batEntry(bytes, disk.shape.levels[topOf(disk)]?.[1] ?? 0, 0, disk.shape.blockSize);
        return undefined;
      });
    },
    hint: /Copy the file before anything else/,
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f -c IMAGE', says: /Hole at block/ },
    ],
    mends: [
      {
        steps: [
          {
            command:
              'dd if=BACKUP of=IMAGE bs=64 skip=1 seek=1 count=$(((4 * CLUSTERS + 63) / 64)) conv=notrunc',
            run: 'dd if=../BACKUP of=IMAGE bs=64 skip=1 seek=1 count=$(((4 * CLUSTERS + 63) / 64)) conv=notrunc',
          },
        ],
      },
    ],
  },
  {
    page: 'MERGE_INTERRUPTED',
    beside: ['IMAGE_IN_USE'],
    shape: { levels: [[0, 1, 2], [], [7, 3, 4, 12]] },
    make: (disk) => {
      const top = readFileSync(disk.image());
      const [first, bytes] = [top.readUInt32LE(48) * 512, disk.shape.blockSize * 512];
      const cluster = (index: number): Buffer =>
        top.subarray(first + index * bytes, first + (index + 1) * bytes);
      disk.patch(1, (image) => Buffer.concat([image, cluster(1), cluster(2), cluster(0)]));
      disk.patch(1, word(44, 0x746f_6e59));
    },
    tries: [
      { run: 'ploop snapshot-merge DiskDescriptor.xml', exit: 4 },
      { command: 'ploop check -d IMAGE', run: ({ image }) => `ploop check -d '${image(1)}'` },
    ],
    mends: [
      {
        steps: [
          { run: ({ image }) => `ploop check -d '${image(1)}'` },
          { command: 'ploop snapshot-merge DiskDescriptor.xml' },
        ],
      },
    ],
  },
  {
    page: 'BAT_LOST',
    make: (disk) => {
      copyFileSync(disk.image(), join(disk.directory, '..', 'BACKUP'));
      disk.patch(topOf(disk), (bytes) => {
        bytes.fill(0, 64, 64 + 4 * disk.shape.clusters);
        return undefined;
      });
    },
    hint: /cuts off what no table leads to/,
    tries: [
      { command: 'ploop info -s', run: 'ploop info -s DiskDescriptor.xml' },
      { command: 'ploop check IMAGE' },
      { command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml' },
      {
        command: 'ploop check -f IMAGE',
        says: /Trimming tail/,
        then: restoreTable,
        ...{ like: 'healthy', data: 'lost' },
      },
    ],
    mends: [
      {
        steps: [
          {
            command:
              'dd if=BACKUP of=IMAGE bs=64 skip=1 seek=1 count=$(((4 * CLUSTERS + 63) / 64)) conv=notrunc',
            run: 'dd if=../BACKUP of=IMAGE bs=64 skip=1 seek=1 count=$(((4 * CLUSTERS + 63) / 64)) conv=notrunc',
          },
        ],
      },
    ],
  },
  {
    page: 'BAT_STALE',
    beside: ['CLUSTERS_UNUSED'],
    hint: /zero the entry at its end/,
    make: (disk) => {
      const { clusters, blockSize } = disk.shape;
      disk.patch(topOf(disk), (bytes) => {
        const longer = Buffer.concat([bytes, Buffer.alloc(2 * blockSize * 512, 7)]);
        for (const [index, behind] of [0, 2].entries())
          batEntry(longer, clusters + behind, bytes.length / 512 + index * blockSize, blockSize);
        return longer;
      });
    },
    tries: [
      { command: 'ploop check -f', run: 'ploop check -f -r IMAGE', exit: 11 },
      { command: 'ploop check -f', run: 'ploop check -f IMAGE' },
      { command: 'ploop-inspect check --json', run: 'ploop-inspect check --json DIR', exit: 0 },
    ],
    mends: [
      {
        steps: [
          {
            command: 'dd if=/dev/zero of=IMAGE bs=4 seek=$((16 + CLUSTERS)) count=1 conv=notrunc',
          },
          { command: 'ploop check -f IMAGE' },
        ],
      },
    ],
  },
  {
    page: 'BAT_STALE',
    beside: ['BAT_LONGER', 'CHAIN_SHRUNK', 'DISK_SIZE_DIFFERS', 'CLUSTERS_UNUSED', 'SIZE_DAMAGED'],
    hint: /Let no command write to the disk/,
    make: shrinkTop,
    tries: [
      {
        command: 'ploop check -f',
        run: 'ploop check -f IMAGE',
        ...{ then: healTop, like: 'healthy', data: 'lost' },
      },
    ],
    mends: [{ steps: [healTop] }],
  },
  {
    page: 'IMAGE_IN_USE',
    beside: [
      'BAT_LONGER',
      'BAT_STALE',
      'CHAIN_SHRUNK',
      'CLUSTERS_UNUSED',
      'DISK_SIZE_DIFFERS',
      'SIZE_DAMAGED',
    ],
    hint: /any `ploop check` of an image in use/,
    make: (disk) => {
      shrinkTop(disk);
      disk.patch(topOf(disk), word(44, 0x746f_6e59));
    },
    tries: [
      { command: 'ploop-inspect check --deep DIR', exit: 1 },
      { run: 'ploop check IMAGE', exit: 37, then: healTop, ...{ like: 'healthy', data: 'lost' } },
      {
        command: 'ploop check -d IMAGE',
        then: healTop,
        ...{ like: 'healthy', data: 'lost' },
      },
    ],
    mends: [{ steps: [healTop, { run: 'ploop check -d IMAGE' }] }],
  },
  {
    page: 'IMAGE_IN_USE',
    beside: ['CLUSTER_BEYOND_END', 'FILE_END_ODD'],
    hint: /The file was cut off/,
    make: (disk) => {
      disk.patch(topOf(disk), word(44, 0x746f_6e59));
      disk.patch(topOf(disk), (bytes) => bytes.subarray(0, -1000));
    },
    tries: [{ command: 'ploop check -d IMAGE', exit: 11 }],
  },
  {
    page: 'HEADER_INEXACT',
    hint: /Compare the size of the image with Disk_size/,
    make: (disk) => {
      disk.patch(topOf(disk), word(32, disk.shape.clusters - 1));
    },
    tries: [
      {
        command: 'ploop-inspect export DIR --output disk.raw --verify',
        run: 'ploop-inspect export DIR --output DIR/disk.raw --verify',
      },
      { command: 'ploop-inspect check --json', run: 'ploop-inspect check --json DIR', exit: 1 },
    ],
    mends: [
      {
        steps: [
          { command: 'ploop snapshot DiskDescriptor.xml' },
          { command: 'ploop snapshot-merge DiskDescriptor.xml' },
        ],
      },
    ],
  },
  {
    page: 'HEADER_INEXACT',
    beside: ['DISK_SIZE_DIFFERS'],
    hint: /Let no command write to the disk/,
    make: (disk) => {
      disk.patch(topOf(disk), setSize((disk.shape.clusters + 4) * disk.shape.blockSize));
    },
    tries: [
      {
        run: 'ploop snapshot DiskDescriptor.xml && ploop snapshot-merge DiskDescriptor.xml',
        ...{ like: 'healthy', data: 'lost' },
      },
    ],
    mends: [{ steps: [healTop] }],
  },
  {
    page: 'BAT_LONGER',
    beside: [
      ...(['BAT_STALE', 'CHAIN_SHRUNK', 'CLUSTERS_UNUSED'] as const),
      ...(['DISK_SIZE_DIFFERS', 'EMPTY_FLAG_WRONG', 'SIZE_DAMAGED'] as const),
    ],
    hint: /Let no command write to the disk/,
    make: (disk) => {
      disk.patch(topOf(disk), setSize(0));
    },
    tries: [
      {
        run: 'ploop snapshot DiskDescriptor.xml && ploop snapshot-merge DiskDescriptor.xml',
        ...{ like: 'healthy', data: 'lost' },
      },
    ],
    mends: [{ steps: [healTop] }],
  },
  {
    page: 'SIZE_DAMAGED',
    beside: ['BAT_LONGER', 'BAT_STALE', 'CLUSTERS_UNUSED'],
    hint: /The size in the header is damaged/,
    make: (disk) => {
      disk.patch(0, setSize(2 * disk.shape.blockSize));
    },
    tries: [
      {
        command: 'ploop check -f',
        run: 'ploop check -f BASE',
        ...{ then: healBase, like: 'healthy', data: 'lost' },
      },
    ],
    mends: [{ steps: [healBase] }],
  },
  {
    page: 'FILE_END_ODD',
    hint: /run `ploop-inspect check --deep`/,
    make: (disk) => {
      disk.patch(topOf(disk), (bytes) => Buffer.concat([bytes, Buffer.alloc(1000, 9)]));
    },
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f', run: 'ploop check -f IMAGE', says: /Trimming tail/ },
      { command: 'ploop-inspect check --deep DIR', exit: 1 },
    ],
    mends: [{ steps: [{ command: 'ploop check -f IMAGE' }] }],
  },
  {
    page: 'FILE_END_ODD',
    beside: ['CLUSTER_BEYOND_END'],
    hint: /Do not run `ploop check -f`/,
    make: (disk) => {
      disk.patch(topOf(disk), (bytes) => bytes.subarray(0, -1000));
    },
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f', run: 'ploop check -f IMAGE', exit: 11 },
      { run: 'ploop check -f -F IMAGE', like: 'healthy', data: 'lost' },
    ],
  },
  {
    page: 'CLUSTER_BEYOND_END',
    make: (disk) => {
      disk.patch(topOf(disk), (bytes) => bytes.subarray(0, -disk.shape.blockSize * 512));
    },
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f', run: 'ploop check -f IMAGE', exit: 11 },
      { run: 'ploop check -f -F IMAGE', like: 'healthy', data: 'lost' },
    ],
  },
  {
    page: 'CLUSTER_SHARED',
    make: (disk) => {
      const { clusters, blockSize, levels } = disk.shape;
      const shared = levels[1]?.find((cluster) => levels[0]?.includes(cluster) === true) ?? 0;
      disk.patch(0, (bytes) => {
        batEntry(bytes, clusters - 1, entryAt(bytes, shared, blockSize), blockSize);
        return undefined;
      });
    },
    tries: [
      { command: 'ploop check -f -c IMAGE', run: 'ploop check -f -c BASE', exit: 11 },
      {
        run: ({ guid }) => `ploop snapshot-delete -u ${guid(0)} DiskDescriptor.xml`,
        data: 'lost',
      },
    ],
  },
];
