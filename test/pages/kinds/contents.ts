import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { descriptorXml, imageBytes } from '../../../packages/test-kit/src/index.ts';
import {
  SUPERBLOCKS,
  type SuperblockKind,
} from '../../../packages/test-kit/src/disks/superblocks.ts';
import type { Draw, Form } from './form.ts';

const CLUSTER = 65_536;
const PAGE = 4096;
const ID = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');

/** Writes a disk of one image, bare or not, that holds these bytes. */
function writeDisk(disk: string, bytes: Buffer, isBare: boolean): void {
  mkdirSync(disk, { recursive: true });
  const clusters = bytes.length / CLUSTER;
  const sizes = { blockSize: '128', size: String(bytes.length / 512) };
  const xml = descriptorXml([{ file: 'root.hdd' }], sizes);
  writeFileSync(
    join(disk, 'DiskDescriptor.xml'),
    isBare ? xml.replace('Compressed', 'Plain') : xml,
  );
  const places = Array.from({ length: clusters }, (_, index) => index + 1);
  const image = Buffer.from(imageBytes({ blockSize: 128, clusters }, places, clusters));
  bytes.copy(image, image.length - bytes.length);
  writeFileSync(join(disk, 'root.hdd'), isBare ? bytes : image);
}

function diskBytes(draw: Draw): Buffer {
  return Buffer.alloc(CLUSTER * draw(0, 70, 100));
}

function withFileSystem(kind: SuperblockKind, draw: Draw, at: number, more: number): Buffer {
  const bytes = diskBytes(draw);
  const place = bytes.subarray(at);
  kind.write(place, { label: 'KINDS', id: ID, pages: place.length / PAGE + more });
  return bytes;
}

const disk = (directory: string): string => join(directory, 'disk.hdd');
const isBare = (draw: Draw): boolean => draw(1, 0, 1) === 1;

/** A table of one partition that begins at 1 MiB. */
function withTable(bytes: Buffer, sectors: number): Buffer {
  bytes.writeUInt8(0x83, 446 + 4);
  bytes.writeUInt32LE(2048, 446 + 8);
  bytes.writeUInt32LE(sectors, 446 + 12);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

const MIB = 1 << 20;

function formsOf(kind: SuperblockKind): readonly Form[] {
  const { name, states } = kind;
  const place = (draw: Draw): number => (draw(2, 0, 1) === 1 ? MIB : 0);
  const made = (draw: Draw, more: number): Buffer => {
    const at = place(draw);
    const bytes = withFileSystem(kind, draw, at, more);
    return at === 0 ? bytes : withTable(bytes, (bytes.length - at) / 512);
  };
  const named: Form = {
    name: `${name} on a disk`,
    make: (directory, draw) => {
      writeDisk(disk(directory), diskBytes(draw), isBare(draw));
      return disk(directory);
    },
    spoil: (path, draw) => {
      // Enough for the smallest FAT of 16 bits as well.
      writeDisk(path, made(draw, kind.type === 'fat16' ? -520 : 0), isBare(draw));
      return undefined;
    },
    code: 'CONTENT_FOUND',
    says: new RegExp(`holds ${name.replace('+', '\\+')} from byte`),
  };
  if (states.size !== true) return [named];
  return [
    named,
    {
      name: `${name} that is larger than the disk`,
      make: (directory, draw) => {
        writeDisk(disk(directory), made(draw, kind.type === 'fat16' ? -520 : 0), isBare(draw));
        return disk(directory);
      },
      spoil: (path, draw) => {
        writeDisk(path, made(draw, draw(3, 1, 500)), isBare(draw));
        return undefined;
      },
      code: 'FILE_SYSTEM_TRUNCATED',
      says: new RegExp(`^${name.replace('+', '\\+')} at byte`),
      hint: /cut off or shrunk/,
      healthy: ['CONTENT_FOUND'],
    },
    {
      name: `${name} whose partition table is lost`,
      make: (directory, draw) => {
        const bytes = withFileSystem(kind, draw, MIB, kind.type === 'fat16' ? -520 : 0);
        writeDisk(disk(directory), withTable(bytes, (bytes.length - MIB) / 512), isBare(draw));
        return disk(directory);
      },
      spoil: (path, draw) => {
        writeDisk(
          path,
          withFileSystem(kind, draw, MIB, kind.type === 'fat16' ? -520 : 0),
          isBare(draw),
        );
        return undefined;
      },
      code: 'PARTITION_TABLE_LOST',
      healthy: ['CONTENT_FOUND'],
    },
  ];
}

/** Situations of what is on a disk. */
export const contentForms: readonly Form[] = [
  ...SUPERBLOCKS.flatMap(formsOf),
  {
    name: 'a partition that ends beyond the end of the disk',
    make: (directory, draw) => {
      const bytes = diskBytes(draw);
      writeDisk(disk(directory), withTable(bytes, (bytes.length - MIB) / 512), isBare(draw));
      return disk(directory);
    },
    spoil: (path, draw) => {
      const bytes = diskBytes(draw);
      writeDisk(
        path,
        withTable(bytes, (bytes.length - MIB) / 512 + draw(3, 1, 9999)),
        isBare(draw),
      );
      return undefined;
    },
    code: 'PARTITION_OUTSIDE',
  },
];
