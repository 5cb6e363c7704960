import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { inShell, topOf } from '../by-hand.ts';
import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';

const SINGLE = { levels: [[0, 1, 2, 3]], files: ['root.hdd'] };
const withoutDescriptor = ({ descriptor }: Disk): void => {
  rmSync(descriptor);
};
/** Exports a snapshot that lies below the top. */
const EXPORT_BELOW = {
  command: 'ploop-inspect export --snapshot GUID --output disk.raw DIR',
  run: 'ploop-inspect export --snapshot GUID --output DIR/disk.raw DIR',
} as const;

/** Paths that lead to something else than a disk, images without a descriptor, and what lies around a disk. */
export const pathRows: readonly Row[] = [
  {
    page: 'DESCRIPTOR_MISSING',
    shape: SINGLE,
    finds: ['IMAGE_ALONE'],
    make: withoutDescriptor,
    tries: [
      { command: 'ploop-inspect check DIR', data: 'any' },
      {
        command: 'ploop-inspect export',
        run: 'ploop-inspect export --output DIR/disk.raw DIR',
        data: 'any',
      },
      { command: 'ploop-inspect show IMAGE', run: 'ploop-inspect show DIR/root.hdd', data: 'any' },
    ],
    mends: [{ steps: [{ command: 'ploop restore-descriptor DIR IMAGE' }] }],
  },
  {
    page: 'DESCRIPTOR_MISSING',
    shape: SINGLE,
    make: (disk) => {
      inShell(disk, 'qemu-img convert -f parallels -O raw root.hdd disk.raw; mv disk.raw root.hdd');
      withoutDescriptor(disk);
    },
    hint: /restore-descriptor -f raw/,
    tries: [
      { command: 'file FILE', run: 'file DIR/root.hdd', data: 'any' },
      {
        command: 'ploop restore-descriptor -f raw DIR FILE',
        run: 'ploop restore-descriptor -f raw DIR DIR/root.hdd',
        like: 'healthy',
      },
    ],
  },
  {
    page: 'DESCRIPTOR_MISSING',
    make: (disk) => {
      const below = join(disk.directory, 'root.hdd');
      const names = readdirSync(disk.directory);
      mkdirSync(`${below}.new`);
      for (const name of names) renameSync(join(disk.directory, name), join(`${below}.new`, name));
      renameSync(`${below}.new`, below);
    },
    tries: [{ command: 'ploop-inspect show DIR/root.hdd', data: 'any' }],
  },
  {
    page: 'IMAGE_ALONE',
    shape: SINGLE,
    make: withoutDescriptor,
    tries: [{ command: 'ploop check IMAGE', data: 'any' }],
  },
  {
    page: 'PATH_NOT_DESCRIPTOR',
    shape: SINGLE,
    finds: ['IMAGE_ALONE'],
    make: withoutDescriptor,
    tries: [
      { command: 'ploop-inspect show', run: 'ploop-inspect show DIR/root.hdd', data: 'any' },
      {
        command: 'qemu-img info FILE',
        run: 'qemu-img create -q -f qcow2 other.hdd 1M && qemu-img info other.hdd',
        ...{ says: /file format: qcow2/, data: 'any' },
      },
    ],
  },
  {
    page: 'PARENT_NEWER',
    make: (disk) => {
      const later = new Date(Date.now() + 3_600_000);
      utimesSync(disk.image(topOf(disk) - 1), later, later);
    },
    tries: [{ command: 'ploop check', run: 'ploop check DiskDescriptor.xml' }, EXPORT_BELOW],
  },
  {
    page: 'SNAPSHOT_UNLISTED',
    finds: [],
    make: () => undefined,
    tries: [
      {
        command: 'ploop snapshot-list',
        run: 'ploop snapshot-list DiskDescriptor.xml',
        says: /a0000000-0000-4000-8000-000000000001/,
      },
      EXPORT_BELOW,
      { command: 'ploop snapshot-delete -u GUID DiskDescriptor.xml' },
    ],
  },
  {
    page: 'DELTA_ORPHANED',
    make: (disk) => {
      copyFileSync(disk.image(0), join(disk.directory, 'whole.hdd'));
    },
    tries: [
      { command: 'ploop-inspect show FILE', run: 'ploop-inspect show DIR/whole.hdd', exit: 1 },
      {
        command: 'ploop-inspect export --output disk.raw FILE',
        run: 'ploop-inspect export --output DIR/disk.raw DIR/whole.hdd',
        // What it says of the copy is a warning.
        exit: 1,
      },
    ],
  },
];
