import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { topOf } from '../by-hand.ts';
import { batEntry, setSize, word } from '../bytes.ts';

const heldBy = (disk: Disk, level: number): readonly number[] => disk.shape.levels[level] ?? [];
/** Lets the first cluster of the top be at another sector of its file. */
const misplaced =
  (sector: number) =>
  (disk: Disk): void => {
    disk.patch(topOf(disk), (bytes) => {
      batEntry(bytes, heldBy(disk, topOf(disk))[0] ?? 0, sector, disk.shape.blockSize);
      return undefined;
    });
  };
const inTop =
  (change: (bytes: Buffer) => Buffer | undefined) =>
  (disk: Disk): void => {
    disk.patch(topOf(disk), change);
  };
const heal =
  (offset: number, value: number) =>
  (disk: Disk): void => {
    disk.patch(topOf(disk), word(offset, value));
  };

/** Defects of the places of clusters, and of headers. */
export const blockRows: readonly Row[] = [
  {
    page: 'CLUSTER_MISALIGNED',
    beside: ['CLUSTERS_UNUSED'],
    make: misplaced(129),
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f IMAGE', exit: 11, says: /L2 slot .* corrupted/ },
      { run: 'ploop check -f -F IMAGE', data: 'lost' },
    ],
  },
  {
    page: 'CLUSTER_BEFORE_DATA',
    beside: ['CLUSTERS_UNUSED'],
    make: misplaced(64),
    tries: [
      { command: 'ploop check -f IMAGE', exit: 11 },
      { command: 'qemu-img check IMAGE', run: 'qemu-img check -f parallels IMAGE' },
    ],
  },
  {
    page: 'CLUSTER_BEFORE_DATA',
    shape: { version: 2, clusters: 20_000 },
    beside: ['CLUSTERS_UNUSED'],
    make: misplaced(128),
    tries: [{ command: 'ploop check -f -c IMAGE', exit: 11 }],
  },
  {
    page: 'CLUSTERS_UNUSED',
    make: (disk) => {
      disk.patch(topOf(disk), (bytes) =>
        Buffer.concat([bytes, Buffer.alloc(disk.shape.blockSize * 512)]),
      );
    },
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f -c IMAGE', says: /Trimming tail/ },
    ],
    mends: [
      { steps: [{ command: 'ploop check -f -c IMAGE' }] },
      { steps: [{ run: 'ploop snapshot-delete -u GUID DiskDescriptor.xml' }] },
    ],
  },
  {
    page: 'CLUSTERS_UNUSED',
    make: (disk) => {
      disk.patch(topOf(disk), (bytes) => {
        const cluster = disk.shape.blockSize * 512;
        batEntry(bytes, heldBy(disk, topOf(disk))[1] ?? 0, 0, disk.shape.blockSize);
        return bytes.fill(0, 2 * cluster, 3 * cluster);
      });
    },
    tries: [{ command: 'ploop check -f -c IMAGE', says: /Hole at block/ }],
  },
  {
    page: 'EMPTY_FLAG_WRONG',
    make: inTop(word(52, 1)),
    tries: [
      { command: 'ploop check IMAGE' },
      { command: 'ploop check -f IMAGE', run: 'ploop check -f -r IMAGE', exit: 7 },
    ],
    mends: [{ steps: [{ command: 'ploop check -f IMAGE' }] }],
  },
  {
    page: 'IMAGE_MARK',
    make: inTop(word(44, 0x312e_3276)),
    tries: [
      { command: 'ploop check IMAGE', exit: 37 },
      { run: 'ploop info -s DiskDescriptor.xml', exit: 4 },
    ],
  },
  {
    page: 'IMAGE_IN_USE',
    make: inTop(word(44, 0x746f_6e59)),
    tries: [
      { command: 'ploop info -s', run: 'ploop info -s DiskDescriptor.xml', exit: 4 },
      { command: 'ploop check IMAGE', exit: 37 },
      { command: 'ploop check', run: 'ploop check DiskDescriptor.xml', exit: 0 },
    ],
    mends: [
      { steps: [{ command: 'ploop check -d IMAGE' }] },
      { steps: [{ run: 'ploop check DiskDescriptor.xml' }] },
    ],
  },
  {
    page: 'HEADER_INVALID',
    make: inTop(word(16, 3)),
    tries: [
      { command: 'ploop check IMAGE', exit: 11 },
      { command: 'ploop check', run: 'ploop check -f -F IMAGE', exit: 11 },
      { run: 'ploop info -s DiskDescriptor.xml', exit: 4 },
      { command: 'file FILE' },
    ],
    mends: [{ steps: [heal(16, 2)] }],
  },
  {
    page: 'HEADER_INVALID',
    shape: { clusters: 40_000 },
    make: inTop(word(48, 128)),
    tries: [
      { command: 'ploop info -s', run: 'ploop info -s DiskDescriptor.xml' },
      { command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml' },
    ],
    mends: [{ steps: [heal(48, 384)] }],
  },
  {
    page: 'HEADER_SIZE_INEXACT',
    shape: { version: 2 },
    finds: ['HEADER_INVALID'],
    make: inTop((bytes) => {
      bytes.writeBigUInt64LE(2n ** 60n, 36);
      return undefined;
    }),
    tries: [
      { command: 'ploop-inspect check', run: 'ploop-inspect check DIR', exit: 1 },
      { command: 'ploop check', run: 'ploop check -f IMAGE', exit: 0, data: 'any' },
      { run: 'ploop info -s DiskDescriptor.xml', says: /1152921504606846976/ },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            inTop(setSize(disk.shape.clusters * disk.shape.blockSize))(disk);
          },
        ],
      },
    ],
  },
  {
    page: 'HEADER_TOO_SHORT',
    make: inTop((bytes) => bytes.subarray(0, 100)),
    tries: [{ run: 'ploop info -s DiskDescriptor.xml', exit: 4 }, { run: 'ploop check IMAGE' }],
  },
];
