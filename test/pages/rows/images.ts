import { readFileSync } from 'node:fs';

import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { inShell } from '../by-hand.ts';
import { setSize, word } from '../bytes.ts';

const SINGLE = { levels: [[0, 1, 2, 3]], files: ['root.hdd'] };
const ON_EXT4 = '[ $(stat -f -c %T .) = ext2/ext3 ]';
const EXPORT = 'ploop-inspect export DIR --output DIR/disk.raw --verify';
const qemuConverted = (disk: Disk): void => {
  inShell(disk, 'qemu-img convert -f raw -O parallels disk.raw new.hds');
  inShell(disk, 'qemu-img compare -f raw -F parallels disk.raw new.hds > said; rm said');
};
/** A qcow2 image with data in the place of the image, and what damages it. */
const qcow2With =
  (damage: string) =>
  (disk: Disk): void => {
    inShell(
      disk,
      `rm root.hdd; qemu-img create -q -f qcow2 root.hdd 1M; qemu-io -f qcow2 -c "write -P 7 0 64k" root.hdd; ${damage}`,
    );
  };
const partOfCluster = (disk: Disk): void => {
  disk.patch(0, setSize(disk.shape.clusters * disk.shape.blockSize - 8));
};
const split =
  (change: (xml: string) => string) =>
  (disk: Disk): void => {
    const { clusters, blockSize } = disk.shape;
    const half = String((clusters * blockSize) / 2);
    inShell(disk, 'cp root.hdd second.hdd');
    for (const file of ['root.hdd', 'second.hdd'])
      inShell(
        disk,
        `printf '\\000\\004\\000\\000' | dd of=${file} bs=1 seek=36 conv=notrunc status=none`,
      );
    for (const file of ['root.hdd', 'second.hdd'])
      inShell(disk, `printf '\\010' | dd of=${file} bs=1 seek=32 conv=notrunc status=none`);
    disk.edit((xml) => {
      const [storage = ''] = /<Storage>[^]*<\/Storage>/.exec(xml) ?? [];
      const part = (start: string, end: string, file: string): string =>
        storage
          .replace('<Storage>', `<Storage><Start>${start}</Start><End>${end}</End>`)
          .replace('root.hdd', file);
      const end = String(clusters * blockSize);
      return change(
        xml.replace(storage, `${part('0', half, 'root.hdd')}${part(half, end, 'second.hdd')}`),
      );
    });
  };
const LISTS_SIZES = {
  command: 'ploop-inspect check --json',
  run: 'ploop-inspect check --json DIR',
  exit: 1,
  says: /"size": 1024/,
} as const;

/** Images of other products and sizes, split disks, and what programs make of them. */
export const imageRows: readonly Row[] = [
  {
    page: 'HEADER_INEXACT',
    make: (disk) => {
      disk.patch(2, word(32, disk.shape.clusters - 1));
    },
    tries: [
      {
        command: 'ploop-inspect export DIR --output disk.raw --verify',
        run: EXPORT,
      },
      {
        command: 'qemu-img convert -f raw -O parallels disk.raw new.hds',
        run: EXPORT,
        then: qemuConverted,
      },
    ],
  },
  {
    page: 'IMAGE_UNSUPPORTED',
    shape: SINGLE,
    make: (disk) => {
      inShell(
        disk,
        'rm root.hdd; qemu-img create -q -f qcow2 root.hdd 1M; qemu-img snapshot -c one root.hdd',
      );
    },
    tries: [
      { command: 'qemu-img convert', run: 'qemu-img convert -O raw IMAGE out.raw' },
      { command: 'qemu-img snapshot -l', run: 'qemu-img snapshot -l IMAGE', says: /one/ },
      { run: 'ploop check IMAGE', exit: 11 },
    ],
  },
  {
    page: 'IMAGE_CORRUPT',
    shape: SINGLE,
    beside: ['IMAGE_UNSUPPORTED'],
    make: qcow2With('printf "\\002" | dd of=root.hdd bs=1 seek=79 conv=notrunc status=none'),
    tries: [
      { command: 'qemu-img check IMAGE', run: 'qemu-img check IMAGE', data: 'any' },
      { run: 'qemu-img convert -O raw IMAGE out.raw' },
      {
        command: 'qemu-img check -r all COPY',
        run: 'cp IMAGE copy; qemu-img check -q -r all copy; qemu-img check copy',
        says: /No errors/,
      },
    ],
  },
  {
    page: 'TABLE_DAMAGED',
    shape: SINGLE,
    beside: ['CLUSTERS_UNUSED', 'IMAGE_UNSUPPORTED'],
    // The L1 table is the fourth cluster.
    make: qcow2With('printf "\\177" | dd of=root.hdd bs=1 seek=196612 conv=notrunc status=none'),
    tries: [{ command: 'qemu-img check IMAGE', run: 'qemu-img check IMAGE', exit: 2 }],
  },
  {
    page: 'REFCOUNT_WRONG',
    shape: SINGLE,
    beside: ['IMAGE_UNSUPPORTED'],
    // The refcount block is the third cluster.
    make: qcow2With(
      'printf "\\000\\000" | dd of=root.hdd bs=1 seek=131080 conv=notrunc status=none',
    ),
    tries: [
      { command: 'qemu-img check IMAGE', run: 'qemu-img check IMAGE', exit: 2 },
      {
        command: 'qemu-img check -r all IMAGE',
        run: 'qemu-img check -q -r all IMAGE; qemu-img check IMAGE',
        says: /No errors/,
        data: 'any',
      },
    ],
  },
  {
    page: 'IMAGE_FOREIGN',
    shape: { ...SINGLE, blockSize: 63 },
    beside: ['BLOCK_SIZE_INVALID'],
    make: () => undefined,
    tries: [
      { command: 'ploop check', run: 'ploop check -f IMAGE', exit: 11, says: /Wrong cluster size/ },
      { command: 'ploop-inspect check', run: 'ploop-inspect check DIR', exit: 1 },
      {
        command: 'ploop check -f -S',
        run: 'qemu-img convert -f parallels -O parallels IMAGE new.hds && ploop check -f -S new.hds && qemu-img compare -f parallels -F parallels IMAGE new.hds',
      },
      {
        command: 'ploop-inspect export --output disk.raw DIR',
        run: 'ploop-inspect export --output DIR/disk.raw DIR',
      },
      {
        command: 'qemu-img convert -f raw -O parallels disk.raw NEW/root.hdd',
        run: 'mkdir NEW && qemu-img convert -f parallels -O raw IMAGE disk.raw && qemu-img convert -f raw -O parallels disk.raw NEW/root.hdd && { ploop check -f -S NEW/root.hdd; }',
      },
      {
        command: 'qemu-img convert -f parallels',
        run: 'qemu-img convert -f parallels -O parallels IMAGE new.hds',
      },
    ],
  },
  {
    page: 'IMAGE_IMPOSSIBLE',
    finds: [],
    make: () => undefined,
    tries: [
      {
        command: 'ploop init -s 3T -v 1 -t none',
        run: 'mkdir new && cd new && ploop init -s 3T -v 1 -t none big.hdd && ploop info -s DiskDescriptor.xml',
        says: /size:\s+2147481600|size:\s+214748/,
      },
    ],
  },
  {
    page: 'SIZE_NOT_WHOLE',
    shape: SINGLE,
    beside: ['DISK_SIZE_DIFFERS'],
    make: partOfCluster,
    tries: [
      { command: 'ploop-inspect check', run: 'ploop-inspect check DIR', exit: 1 },
      {
        command: 'ploop snapshot',
        run: 'ploop snapshot DiskDescriptor.xml',
        ...{ data: 'any', finds: 'CHAIN_SHRUNK' },
      },
      {
        command: 'ploop snapshot-merge',
        run: 'ploop snapshot DiskDescriptor.xml && ploop snapshot-merge DiskDescriptor.xml',
        data: 'lost',
      },
      {
        command: 'qemu-img convert -O parallels',
        run: 'head -c 1000000 /dev/zero > r && qemu-img convert -f raw -O parallels r new.hds && od -An -tu8 -j36 -N8 new.hds',
        says: /1954\n/,
      },
      {
        command: 'truncate -s',
        run: EXPORT,
        ...{ exit: 1, says: /DISK_SIZE_DIFFERS/ },
        then: (disk) => {
          inShell(disk, 'cp disk.raw long.raw; truncate -s 1M long.raw');
          inShell(disk, 'qemu-img convert -f raw -O parallels long.raw new.hds');
          inShell(disk, 'qemu-img compare -q -f raw -F parallels disk.raw new.hds');
          if (readFileSync(`${disk.directory}/new.hds`).readUInt32LE(36) !== 2048)
            throw new Error('the new disk is not of whole clusters');
        },
      },
      {
        command: 'qemu-img convert -f raw -O parallels',
        run: 'yes | head -c 1M > r && qemu-img convert -f raw -O parallels r new.hds',
      },
      {
        command: 'ploop check -f -S',
        run: 'yes | head -c 1M > r && qemu-img convert -f raw -O parallels r new.hds && ploop check -f -S new.hds && qemu-img compare -f raw -F parallels r new.hds',
      },
    ],
  },
  {
    page: 'STORAGE_SPLIT',
    shape: SINGLE,
    make: split((xml) => xml),
    tries: [
      { command: 'ploop-inspect check', run: 'ploop-inspect check DIR', exit: 1, data: 'any' },
      {
        command: 'ploop-inspect export DIR --output disk.raw',
        run: 'ploop-inspect export DIR --output DIR/disk.raw',
        data: 'any',
      },
    ],
  },
  {
    page: 'STORAGE_GAP',
    shape: SINGLE,
    beside: ['STORAGE_SPLIT', 'STORAGE_IMAGE_SIZE'],
    make: split((xml) => xml.replace('<Start>1024', '<Start>1152')),
    tries: [{ ...LISTS_SIZES, data: 'any' }],
  },
  {
    page: 'STORAGE_OVERLAP',
    shape: SINGLE,
    beside: ['STORAGE_SPLIT', 'STORAGE_IMAGE_SIZE'],
    make: split((xml) => xml.replace('<Start>1024', '<Start>896')),
    tries: [{ ...LISTS_SIZES, data: 'any' }],
  },
  {
    page: 'STORAGE_RANGE_INVALID',
    shape: SINGLE,
    beside: ['STORAGE_SPLIT', 'STORAGE_IMAGE_SIZE'],
    make: split((xml) => xml.replace('<Start>1024', '<Start>many')),
    tries: [{ ...LISTS_SIZES, data: 'any' }],
  },
  {
    page: 'STORAGE_SIZE_DIFFERS',
    shape: SINGLE,
    beside: ['STORAGE_SPLIT'],
    make: split((xml) => xml.replace('<Disk_size>2048', '<Disk_size>4096')),
    tries: [{ ...LISTS_SIZES, data: 'any' }],
  },
  {
    page: 'EXPORT_LOST',
    finds: ['CLUSTER_BEYOND_END'],
    make: (disk) => {
      disk.patch(2, (bytes) => bytes.subarray(0, -disk.shape.blockSize * 512));
    },
    tries: [
      {
        command: 'ploop check -F',
        run: 'ploop check -f -F IMAGE',
        ...{ like: 'healthy', data: 'lost' },
      },
    ],
  },
  {
    page: 'FILE_SPARSE',
    make: (disk) => {
      inShell(disk, 'cp --sparse=always root.hdd.2 new', 'mv new root.hdd.2');
    },
    // Only ext4 makes a difference to the tool.
    tries: [
      {
        command: 'ploop check IMAGE',
        run: `${ON_EXT4} && { ploop check IMAGE; exit; }; exit 11`,
        exit: 11,
      },
      { command: 'ploop check -S IMAGE' },
      { command: 'ploop info -s DiskDescriptor.xml', finds: 'FILE_SPARSE' },
      {
        command: 'cp --sparse=always',
        run: 'cp --sparse=always BASE new && mv new BASE',
      },
      {
        command: 'ploop replace',
        run: `${ON_EXT4} && { cp --sparse=always IMAGE new; ploop replace -o "$PWD"/IMAGE -i "$PWD"/new "$PWD"/DiskDescriptor.xml; exit; }; exit 11`,
        exit: 11,
      },
    ],
    mends: [
      {
        steps: [
          {
            command: 'ploop check DiskDescriptor.xml',
            run: `ploop check DiskDescriptor.xml; ${ON_EXT4} || { cp --sparse=never IMAGE new && mv new IMAGE; }`,
          },
        ],
      },
    ],
  },
  {
    page: 'README',
    finds: [],
    make: () => undefined,
    tries: [
      { command: 'ploop list', run: 'ploop -v-1 list', says: /^$/ },
      { command: 'cp -a DIR COPY', run: 'cp -a DIR DIR.copied' },
      {
        command: 'ploop info -d',
        run: 'echo no > x.xml; ploop info -d x.xml',
        says: /device:\t\t\n/,
      },
    ],
  },
  {
    page: 'README',
    finds: ['IMAGE_IN_USE'],
    make: (disk) => {
      disk.patch(2, word(44, 0x746f_6e59));
    },
    tries: [
      {
        command: 'ploop check DiskDescriptor.xml',
        then: (disk) => {
          if (readFileSync(disk.image()).readUInt32LE(44) !== 0)
            throw new Error('the top is not repaired');
        },
      },
    ],
  },
];
