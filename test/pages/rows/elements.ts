import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';

const replaced =
  (from: string | RegExp, to: string) =>
  (disk: Disk): void => {
    disk.edit((xml) => xml.replace(from, to));
  };
const SINGLE = { levels: [[0, 1, 2, 3]], files: ['root.hdd'] };

const AS_IMAGES = "sed 's/>Plain</>Compressed</' DiskDescriptor.xml > copy.xml";

/** Defects of the descriptor as a document, and of its elements. */
export const elementRows: readonly Row[] = [
  {
    page: 'BLOCK_SIZE_DIFFERS',
    make: (disk) => {
      replaced(/<Blocksize>\d+/, `<Blocksize>${String(2 * disk.shape.blockSize)}`)(disk);
    },
    tries: [
      { command: 'ploop check DiskDescriptor.xml', exit: 38, says: /Incorrect blocksize/ },
      { command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml' },
      { run: 'ploop snapshot-merge DiskDescriptor.xml' },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            replaced(/<Blocksize>\d+/, `<Blocksize>${String(disk.shape.blockSize)}`)(disk);
          },
        ],
      },
    ],
  },
  {
    page: 'BLOCK_SIZE_MISSING',
    beside: ['BLOCK_SIZE_DIFFERS'],
    make: replaced('<Blocksize>128</Blocksize>', ''),
    tries: [{ command: 'od -An -tu4 -j28 -N4 root.hdd', says: /^\s+128\n/ }],
    mends: [{ steps: [replaced('<Storage>', '<Storage><Blocksize>128</Blocksize>')] }],
  },
  {
    page: 'DISK_SIZE_UNREADABLE',
    beside: ['DISK_SIZE_DIFFERS'],
    make: replaced(/<Disk_size>\d+/, '<Disk_size>large'),
    tries: [{ command: 'ploop info -s DiskDescriptor.xml', says: /size:\s+2048\n/ }],
    mends: [{ steps: [replaced('large', '2048')] }],
  },
  {
    page: 'GEOMETRY_ZERO',
    make: replaced('<Heads>16', '<Heads>0'),
    tries: [
      { command: 'od -An -tu4 -j20 -N8 IMAGE', says: /^\s+16\s+4\n/ },
      { run: 'ploop snapshot DiskDescriptor.xml', exit: 'signal' },
    ],
    mends: [
      { steps: [replaced('<Heads>0', '<Heads>16'), { run: 'ploop snapshot DiskDescriptor.xml' }] },
    ],
  },
  {
    page: 'STORAGE_MISSING',
    beside: ['SHOT_WITHOUT_IMAGE'],
    make: replaced(/<Storage>[^]*<\/Storage>/, ''),
    tries: [{ run: 'ploop info -s DiskDescriptor.xml', exit: 23 }],
  },
  {
    page: 'STORAGE_MISSING',
    finds: ['BLOCK_SIZE_DIFFERS'],
    make: replaced('<Blocksize>128', '<Blocksize>2048'),
    tries: [{ command: 'ploop check DiskDescriptor.xml', exit: 38 }],
  },
  {
    page: 'XML_EMPTY',
    shape: SINGLE,
    make: ({ descriptor }) => {
      writeFileSync(descriptor, '');
    },
    tries: [
      { command: 'ploop restore-descriptor DIR IMAGE', exit: 38, data: 'any' },
      { run: 'ploop info -s DiskDescriptor.xml', exit: 23, data: 'any' },
      { run: 'ploop snapshot-list DiskDescriptor.xml', exit: 1, data: 'any' },
    ],
    mends: [
      {
        steps: [
          ({ descriptor }) => {
            renameSync(descriptor, `${descriptor}.empty`);
          },
          { command: 'ploop restore-descriptor DIR IMAGE' },
        ],
      },
    ],
  },
  {
    page: 'BYTE_ORDER_MARK',
    make: replaced(/^/, '\ufeff'),
    mends: [{ steps: [{ command: "sed -i '1s/^\\xef\\xbb\\xbf//' DiskDescriptor.xml" }] }],
  },
  {
    page: 'ENCODING_INVALID',
    shape: SINGLE,
    make: ({ descriptor }) => {
      const xml = readFileSync(descriptor, 'latin1').replace('root.hdd', 'r\u00f6\u00f6t.hdd');
      writeFileSync(descriptor, xml, 'latin1');
    },
    tries: [
      {
        command: "grep -naxv '.*' DiskDescriptor.xml",
        run: "LC_ALL=C.UTF-8 grep -naxv '.*' DiskDescriptor.xml",
        ...{ says: /<File>/, data: 'any' },
      },
    ],
  },
  {
    page: 'ENCODING_UNSUPPORTED',
    shape: SINGLE,
    make: replaced('<?xml version="1.0"?>', '<?xml version="1.0" encoding="TCVN"?>'),
    mends: [
      {
        steps: [
          {
            command:
              'iconv -f ENCODING -t UTF-8 DiskDescriptor.xml > new.xml   # then edit line 1 of new.xml',
            run: 'iconv -f TCVN -t UTF-8 DiskDescriptor.xml > new.xml',
          },
          { run: `sed -i '1s/ encoding="TCVN"//' new.xml && mv new.xml DiskDescriptor.xml` },
        ],
      },
    ],
  },
  {
    page: 'IMAGE_TYPE_UNKNOWN',
    make: replaced('Compressed', 'Packed'),
    tries: [{ command: 'head -c 16 BASE', says: /^WithoutFreeSpace$/ }],
    mends: [{ steps: [replaced('Packed', 'Compressed')] }],
  },
  {
    page: 'PREALLOCATED_PLAIN',
    beside: ['BASE_PLAIN', 'BASE_NOT_RAW', 'BASE_SHORTER'],
    make: (disk) => {
      replaced('</Blocksize>', '</Blocksize><Preallocated>1</Preallocated>')(disk);
      replaced('Compressed', 'Plain')(disk);
    },
    tries: [{ command: 'head -c 16 BASE', says: /^WithoutFreeSpace$/ }],
    mends: [{ steps: [replaced('Plain', 'Compressed')] }],
  },
  {
    page: 'BASE_NOT_RAW',
    beside: ['BASE_SHORTER'],
    hint: /most likely it is an image/,
    make: replaced(/Compressed/g, 'Plain'),
    tries: [
      { command: AS_IMAGES },
      {
        command: 'ploop-inspect export --output disk.raw copy.xml',
        run: `${AS_IMAGES} && ploop-inspect export --output DIR/disk.raw DIR/copy.xml`,
      },
    ],
    mends: [{ steps: [replaced(/Plain/g, 'Compressed')] }],
  },
  {
    page: 'TYPES_MIXED',
    beside: ['BASE_NOT_RAW', 'BASE_SHORTER'],
    make: (disk) => {
      // The base and the image above it.
      replaced('Compressed', 'Plain')(disk);
      replaced('Compressed', 'Plain')(disk);
    },
    tries: [{ command: 'head -c 16 BASE', says: /^WithoutFreeSpace$/ }],
    mends: [{ steps: [replaced(/Plain/g, 'Compressed')] }],
  },
  {
    page: 'DISK_SIZE_SUSPECT',
    beside: ['DISK_SIZE_DIFFERS'],
    make: replaced(/<Disk_size>\d+/, '<Disk_size>17592186044416'),
    tries: [{ command: 'ploop info -s DiskDescriptor.xml', says: /size:\s+2048\n/ }],
    mends: [{ steps: [replaced('17592186044416', '2048')] }],
  },
];
