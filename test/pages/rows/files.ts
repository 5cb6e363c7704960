import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { plain } from '../by-hand.ts';

const away =
  (level: number) =>
  (disk: Disk): void => {
    renameSync(disk.image(level), `${disk.directory}.kept`);
  };

/** A descriptor of another name that has the image under its present name. */
const tryMoved = (disk: Disk): void => {
  const xml = readFileSync(disk.descriptor, 'utf8');
  const name = disk.shape.files[1] ?? '';
  writeFileSync(join(disk.directory, 'try.xml'), xml.replace(`<File>${name}<`, '<File>moved.hdd<'));
};

/** Defects of the directory of a disk, and what lies in it. */
export const fileRows: readonly Row[] = [
  {
    page: 'DELTA_MISSING',
    make: (disk) => {
      rmSync(disk.image());
    },
    tries: [{ command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml', exit: 4 }],
    mends: [
      {
        // The top could not be read before.
        like: 'content',
        steps: [
          { run: 'ploop-inspect export --snapshot GUID --output DIR/before.raw DIR' },
          { command: 'cp -p DiskDescriptor.xml DiskDescriptor.xml.before' },
          { command: 'ploop snapshot-switch -u GUID DiskDescriptor.xml' },
          { run: 'ploop-inspect export --output DIR/top.raw DIR' },
          { run: 'cmp before.raw top.raw && rm before.raw top.raw' },
        ],
      },
    ],
  },
  {
    page: 'DELTA_MISSING',
    make: away(0),
    tries: [{ command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml' }],
  },
  {
    page: 'DELTA_UNREADABLE',
    make: (disk) => {
      rmSync(disk.image());
      mkdirSync(disk.image());
    },
    tries: [
      { command: 'ls -ld FILE', says: /^d/, data: 'any' },
      { command: 'namei -l FILE', data: 'any' },
    ],
  },
  {
    page: 'FILE_UNREADABLE',
    finds: [],
    make: () => undefined,
    tries: [{ command: 'namei -l PATH', run: 'namei -l DiskDescriptor.xml' }],
  },
  {
    page: 'FILE_UNWRITABLE',
    finds: [],
    make: () => undefined,
    tries: [{ command: 'df -h DIR' }, { command: 'df -i DIR' }],
  },
  {
    page: 'IMAGE_LINKED',
    finds: [],
    make: () => undefined,
    tries: [
      {
        command: 'cp -al',
        run: 'cp -al DIR DIR.other',
        ...{ finds: 'IMAGE_LINKED' },
      },
      { command: 'find MOUNTPOINT -xdev -samefile FILE', says: /root\.hdd\.2\n$/ },
    ],
  },
  {
    page: 'LOCK_FILE',
    make: ({ directory }) => {
      writeFileSync(join(directory, 'DiskDescriptor.xml.lck'), '');
    },
    tries: [
      { command: 'fuser -v FILE', run: 'fuser -v DiskDescriptor.xml.lck', exit: 1 },
      { run: 'flock DiskDescriptor.xml.lck fuser -v DiskDescriptor.xml.lck', says: /flock/ },
    ],
  },
  {
    page: 'DESCRIPTOR_CHANGED',
    finds: [],
    make: () => undefined,
    tries: [
      {
        command: 'flock DiskDescriptor.xml.lck COMMAND',
        run: 'flock DiskDescriptor.xml.lck true',
        finds: 'LOCK_FILE',
      },
    ],
  },
  {
    page: 'MOUNT_POINT_LEFT',
    make: (disk) => {
      mkdirSync(`${disk.image()}.mnt`);
    },
    mends: [
      {
        steps: [
          {
            command: 'findmnt DIR || rmdir DIR',
            run: 'findmnt IMAGE.mnt || rmdir IMAGE.mnt',
          },
        ],
      },
    ],
  },
  {
    page: 'REPLACE_INTERRUPTED',
    beside: ['IMAGE_LINKED'],
    make: (disk) => {
      linkSync(disk.image(), join(disk.directory, '.ploop-replace-0123456789abcdef'));
    },
    tries: [
      {
        command: "find . -samefile '.ploop-replace-…'",
        run: 'find . -samefile .ploop-replace-0123456789abcdef',
        says: /root\.hdd\.2\n/,
      },
    ],
    mends: [
      {
        steps: [
          ({ directory }) => {
            rmSync(join(directory, '.ploop-replace-0123456789abcdef'));
          },
        ],
      },
    ],
  },
  {
    page: 'CREATION_INTERRUPTED',
    beside: ['IMAGE_LINKED'],
    make: (disk) => {
      const directory = join(disk.directory, '.ploop-new-AbCdEf');
      mkdirSync(directory);
      linkSync(disk.image(0), join(directory, 'root.hdd'));
    },
    tries: [
      {
        command: 'find . -samefile .ploop-new-…/root.hdd',
        run: 'find . -samefile .ploop-new-AbCdEf/root.hdd',
        says: /\.\/root\.hdd\n/,
      },
    ],
  },
  {
    page: 'CREATION_INTERRUPTED',
    shape: { levels: [[0, 1, 2, 3]], files: ['root.hdd'] },
    finds: ['DESCRIPTOR_MISSING', 'CREATION_INTERRUPTED'],
    make: (disk) => {
      const directory = join(disk.directory, '.ploop-new-AbCdEf');
      mkdirSync(directory);
      renameSync(disk.descriptor, join(directory, 'DiskDescriptor.xml'));
    },
    mends: [
      {
        steps: [
          {
            command: 'mv -n .ploop-new-…/DiskDescriptor.xml .',
            run: 'mv -n .ploop-new-AbCdEf/DiskDescriptor.xml .',
          },
          (disk) => {
            rmdirSync(join(disk.directory, '.ploop-new-AbCdEf'));
          },
        ],
      },
    ],
  },
  {
    page: 'OPERATION_INTERRUPTED',
    hint: /do not repeat the conversion/,
    beside: ['BASE_NOT_RAW'],
    shape: { levels: [[0, 1, 2, 3]], files: ['root.hdd'] },
    finds: ['HEADER_INVALID', 'OPERATION_INTERRUPTED'],
    make: (disk) => {
      // What a conversion to raw that was killed at its last rename leaves.
      copyFileSync(disk.descriptor, `${disk.descriptor}.tmp`);
      writeFileSync(`${disk.descriptor}.tmp`, plain(readFileSync(disk.descriptor, 'utf8')));
      const { blockSize, clusters } = disk.shape;
      disk.patch(0, (bytes) => bytes.subarray(blockSize * 512));
      truncateSync(disk.image(0), clusters * blockSize * 512);
    },
    tries: [
      { command: 'diff DiskDescriptor.xml DiskDescriptor.xml.tmp', exit: 1, says: /Type/ },
      { command: 'head -c 16 BASE', says: /^0\.0;/ },
      {
        run: 'ploop convert -f raw DiskDescriptor.xml; echo $?; ls',
        // The file is gone.
        says: /\n4\nDiskDescriptor\.xml\nDiskDescriptor\.xml\.lck\nroot\.hdd\n/,
      },
    ],
    mends: [
      {
        steps: [
          ({ descriptor }) => {
            renameSync(`${descriptor}.tmp`, descriptor);
          },
        ],
      },
      {
        steps: [
          (disk) => {
            disk.edit(plain);
            rmSync(`${disk.descriptor}.tmp`);
          },
        ],
      },
    ],
  },
  {
    page: 'RAW_CONVERSION_INTERRUPTED',
    make: (disk) => {
      copyFileSync(disk.image(0), `${disk.image(0)}.tmp`);
    },
    mends: [
      {
        steps: [
          (disk) => {
            renameSync(`${disk.image(0)}.tmp`, `${disk.directory}.moved`);
          },
        ],
      },
    ],
  },
  {
    page: 'INPUT_TOO_LARGE',
    finds: [],
    make: () => undefined,
    tries: [{ command: 'head -c 200 FILE', says: /^WithoutFreeSpace/ }],
  },
  {
    page: 'EXPORT_PART_FOREIGN',
    finds: [],
    make: () => undefined,
    tries: [{ command: 'ls -l' }],
  },
  {
    page: 'TOO_MANY_OPEN_FILES',
    finds: [],
    make: () => undefined,
    tries: [
      { command: 'ulimit -n', says: /^\d+|unlimited/ },
      { command: 'ulimit -n 4096' },
      { command: 'sysctl fs.file-max', says: /fs\.file-max = \d+/ },
      { command: 'ls /proc/PID/fd', run: 'ls /proc/$$/fd', says: /0\n1\n2/ },
    ],
  },
  {
    page: 'DELTA_OUTSIDE',
    finds: [],
    make: () => undefined,
    tries: [
      { command: 'cp -a', run: 'cp -a DIR DIR.copy' },
      { command: 'cp -aL', run: 'cp -aL DIR DIR.copy' },
    ],
  },
  {
    page: 'DELTA_MISSING',
    beside: ['DELTA_ORPHANED'],
    make: (disk) => {
      renameSync(disk.image(1), join(disk.directory, 'moved.hdd'));
    },
    tries: [
      {
        command:
          'cp DiskDescriptor.xml try.xml     # then write the name of the candidate as File in try.xml',
        run: 'cp DiskDescriptor.xml try.xml',
        data: 'any',
      },
      {
        command: 'ploop-inspect check --deep try.xml',
        run: 'ploop-inspect check --deep DIR/try.xml',
        first: tryMoved,
        data: 'any',
      },
      {
        command: 'ploop-inspect export --output disk.raw try.xml',
        run: 'ploop-inspect export --output DIR/disk.raw DIR/try.xml',
        ...{ first: tryMoved, data: 'any' },
      },
      {
        command: 'ploop-inspect export --snapshot GUID --output disk.raw DIR',
        run: ({ directory, guid }) =>
          `ploop-inspect export --snapshot ${guid(0)} --output '${directory}/disk.raw' '${directory}'`,
        data: 'any',
      },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            disk.edit((xml) =>
              xml.replace(`<File>${disk.shape.files[1] ?? ''}<`, '<File>moved.hdd<'),
            );
          },
        ],
      },
    ],
  },
  {
    page: 'DESCRIPTOR_RIVAL',
    make: (disk) => {
      // What a live migration leaves: its descriptor names an image that the other one does not.
      copyFileSync(disk.image(), join(disk.directory, 'other.hdd'));
      const xml = readFileSync(disk.descriptor, 'utf8').replace(
        disk.shape.files[2] ?? '',
        'other.hdd',
      );
      writeFileSync(`${disk.descriptor}.copy`, xml);
    },
    tries: [
      {
        command: 'ploop-inspect check DiskDescriptor.xml',
        run: 'ploop-inspect check DIR/DiskDescriptor.xml',
        exit: 1,
      },
      {
        command: 'ploop-inspect check OTHER',
        run: 'ploop-inspect check DIR/DiskDescriptor.xml.copy',
        exit: 1,
      },
      {
        command: 'ploop-inspect export --output disk.raw OTHER',
        run: 'ploop-inspect export --output DIR/disk.raw DIR/DiskDescriptor.xml.copy',
        exit: 1,
      },
      {
        command: 'ploop-inspect space',
        run: 'ploop-inspect space DIR',
        exit: 1,
        says: /DESCRIPTOR_RIVAL/,
      },
    ],
  },
  {
    page: 'DESCRIPTOR_USABLE',
    beside: ['XML_EMPTY', 'BACKUP_LEFT'],
    make: ({ descriptor }) => {
      renameSync(descriptor, `${descriptor}.Backup`);
      writeFileSync(descriptor, '');
    },
    tries: [
      {
        command: 'ploop-inspect check --deep DiskDescriptor.xml.Backup',
        run: 'ploop-inspect check --deep DIR/DiskDescriptor.xml.Backup',
      },
      {
        command: 'ploop-inspect export --output disk.raw DiskDescriptor.xml.Backup',
        run: 'ploop-inspect export --output DIR/disk.raw DIR/DiskDescriptor.xml.Backup',
      },
    ],
    mends: [
      {
        steps: [
          { command: 'cp -p DiskDescriptor.xml DiskDescriptor.xml.damaged' },
          { command: 'cp DiskDescriptor.xml.Backup DiskDescriptor.xml' },
        ],
      },
    ],
  },
  ...(['HEADER_TOO_SHORT', 'HEADER_ZEROED'] as const).map((page): Row => ({
    page,
    make: (disk) => {
      disk.patch(2, (bytes) =>
        page === 'HEADER_ZEROED' ? bytes.fill(0, 0, 4096) : bytes.subarray(0, 60),
      );
    },
    tries: [
      {
        command: 'ploop-inspect export --snapshot WHOLE --output disk.raw DIR',
        run: ({ directory, guid }) =>
          `ploop-inspect export --snapshot ${guid(1)} --output '${directory}/disk.raw' '${directory}'`,
      },
    ],
  })),
];
