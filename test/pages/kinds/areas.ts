import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { makeDisk, type Shape } from '../shape.ts';
import { type Draw, type Form, NAMES, oneOf } from './form.ts';

function shapeOf(draw: Draw, images: number): Shape {
  const name = oneOf(draw, 0, NAMES);
  return {
    version: draw(1, 1, 2) === 1 ? 1 : 2,
    blockSize: oneOf(draw, 2, [64, 128]),
    clusters: draw(3, 16, 60),
    levels: Array.from({ length: images }, (_, level) => [level, level + 1, 9]),
    files: Array.from({ length: images }, (_, level) =>
      level === 0 ? name : `${name}.{a0000000-0000-4000-8000-00000000000${String(level)}}`,
    ),
  };
}

/** Makes a disk in a directory of a container or a virtual machine. */
const inside =
  (
    area: string,
    name: string,
    most: number,
    files: Readonly<Record<string, string>>,
  ): Form['make'] =>
  (directory, draw) => {
    const disk = join(directory, area, name);
    makeDisk(disk, shapeOf(draw, draw(4, 1, most)));
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(directory, area, file), text);
    return disk;
  };

const container = inside('101', 'root.hdd', 4, { 've.conf': 'DISKSPACE="1:1"\n' });
const machine = inside('Windows 11.pvm', 'harddisk 1.hdd', 4, {
  'config.pvs': '<?xml version="1.0"?>\n<ParallelsVirtualMachine/>\n',
});
const single = inside('.', 'volume', 1, {});

const path = (disk: string): string => join(disk, 'DiskDescriptor.xml');
const files = (disk: string): readonly string[] =>
  [...readFileSync(path(disk), 'utf8').matchAll(/<File>([^<]*)/g)].map(([, file = '']) =>
    join(disk, file),
  );

/** Situations of where a disk is, and of paths that are none. */
export const areaForms: readonly Form[] = [
  {
    name: 'the private area of a container',
    make: container,
    spoil: dirname,
    code: 'DESCRIPTOR_MISSING',
    says: /is not a disk, it holds "root\.hdd"$/,
    hint: /Give the disk/,
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'the bundle of a virtual machine',
    make: machine,
    spoil: dirname,
    code: 'DESCRIPTOR_MISSING',
    says: /is not a disk, it holds "harddisk 1\.hdd"$/,
    hint: /Give the disk/,
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'an area whose disk has lost its descriptor',
    make: container,
    spoil: (disk) => {
      rmSync(path(disk));
      return dirname(disk);
    },
    code: 'DESCRIPTOR_MISSING',
    says: /root\.hdd", but (?:one image|\d images)/,
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'a list of snapshots that lacks them',
    make: (directory, draw) => {
      const disk = join(directory, '101', 'root.hdd');
      makeDisk(disk, shapeOf(draw, draw(4, 2, 5)));
      const guids = [...readFileSync(path(disk), 'utf8').matchAll(/<Shot><GUID>([^<]*)/g)].map(
        ([, guid = '']) => guid,
      );
      writeFileSync(
        join(directory, '101', 'Snapshots.xml'),
        `<ParallelsSavedStates>${guids.map((guid) => `<SavedStateItem guid="${guid}"><Name/></SavedStateItem>`).join('\n')}</ParallelsSavedStates>\n`,
      );
      return disk;
    },
    spoil: (disk) => {
      writeFileSync(
        join(dirname(disk), 'Snapshots.xml'),
        '<?xml version="1.0"?>\n<ParallelsSavedStates/>\n',
      );
      return undefined;
    },
    code: 'SNAPSHOT_UNLISTED',
  },
  {
    name: 'the marker file of a bundle',
    make: machine,
    spoil: (disk) => {
      const file = join(disk, basename(disk));
      writeFileSync(file, '');
      return file;
    },
    code: 'PATH_NOT_DESCRIPTOR',
    says: /empty marker file/,
    hint: /^Give the directory: ploop-inspect show/,
    opens: 'PATH_NOT_DESCRIPTOR',
  },
  {
    name: 'an image of a disk',
    make: machine,
    spoil: (disk, draw) => oneOf(draw, 8, files(disk)),
    code: 'PATH_NOT_DESCRIPTOR',
    says: /beside it names it/,
    hint: /^Give the directory/,
    opens: 'PATH_NOT_DESCRIPTOR',
  },
  {
    name: 'one image without a descriptor',
    make: single,
    spoil: (disk) => {
      rmSync(path(disk));
      return undefined;
    },
    code: 'IMAGE_ALONE',
    says: /no other image is in its directory/,
    hint: /Only if the disk never had a snapshot, `ploop restore-descriptor/,
  },
  {
    name: 'images without a descriptor',
    make: (directory, draw) => {
      const disk = join(directory, 'lost.hdd');
      makeDisk(disk, shapeOf(draw, draw(4, 2, 6)));
      return disk;
    },
    spoil: (disk) => {
      rmSync(path(disk));
      return undefined;
    },
    code: 'DESCRIPTOR_MISSING',
    says: /but \d images: .*version \d, a disk of \d+ sectors/,
    hint: /Do not use ploop restore-descriptor/,
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'a descriptor under the name of a copy',
    make: container,
    spoil: (disk, draw) => {
      renameSync(
        path(disk),
        `${path(disk)}${oneOf(draw, 9, ['.Backup', '.orig', '.copy', '.tmp', '.bak', '~'])}`,
      );
      return undefined;
    },
    code: 'DESCRIPTOR_USABLE',
    says: /accepts; (?:all \d files that it names are|the file that it names is) here/,
    beside: ['DESCRIPTOR_MISSING', 'CREATION_INTERRUPTED', 'OPERATION_INTERRUPTED'],
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'a damaged qcow2 image named as a disk',
    make: single,
    spoil: (disk) => {
      const file = join(disk, '..', 'vm.hdd');
      writeFileSync(
        file,
        Buffer.concat([Buffer.from('514649fb00000003', 'hex'), Buffer.alloc(70_000)]),
      );
      return file;
    },
    code: 'HEADER_INVALID',
    says: /is not a qcow2 image: its cluster size is 1$/,
    hint: /Copy the file before anything else/,
    opens: 'HEADER_INVALID',
  },
  {
    name: 'a virtual machine of macOS',
    make: single,
    spoil: (disk) => {
      const vm = join(disk, '..', 'Mac OS.macvm');
      mkdirSync(vm);
      writeFileSync(join(vm, 'disk0.img'), Buffer.alloc(1 << 20));
      writeFileSync(join(vm, 'aux.bin'), 'x');
      return vm;
    },
    code: 'DESCRIPTOR_MISSING',
    says: /virtual machine of macOS: its disk is the bare file "disk0\.img"/,
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'a directory without a disk',
    make: single,
    spoil: (disk) => {
      const empty = join(disk, '..', 'empty');
      mkdirSync(empty);
      return empty;
    },
    code: 'DESCRIPTOR_MISSING',
    says: /is not a disk/,
    opens: 'DESCRIPTOR_MISSING',
  },
  {
    name: 'an image behind a symlink that leads out',
    make: container,
    spoil: (disk, draw) => {
      const file = oneOf(draw, 8, files(disk));
      const away = join(dirname(disk), 'moved');
      renameSync(file, away);
      symlinkSync(away, file);
      return undefined;
    },
    code: 'DELTA_OUTSIDE',
    says: /leads by a symlink to/,
    hint: /--confine/,
    opens: 'DELTA_OUTSIDE',
  },
];
