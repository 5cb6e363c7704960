import type { Row } from '../row.ts';
import { inShell, plain } from '../by-hand.ts';
import type { Disk } from '../disk.ts';

const RAW = { files: ['root.hdd'], clusters: 256, levels: [[]] };
const PATTERN =
  'yes content | head -c 65536 > pattern; dd if=pattern of=root.hdd bs=64K seek=32 conv=notrunc status=none';
const HAS_PATTERN = { run: 'dd if=root.hdd bs=64K skip=32 count=1 status=none | cmp - pattern' };

/** A raw disk with a file system or a partition table on it, and something wrong in that. */
const rawDisk =
  (...lines: readonly string[]) =>
  (disk: Disk): void => {
    disk.edit(plain);
    inShell(disk, 'rm root.hdd; truncate -s 16M root.hdd', ...lines);
  };
/** An empty image over a raw disk. */
const OVER_RAW = { files: ['root.hdd', 'root.hdd.1'], clusters: 256, levels: [[], []] };
const DEEP = { run: 'ploop-inspect check --deep DIR', exit: 1 };
/** Lines that make a partition table, with a damaged copy. */
const withTable = (sector: number): readonly string[] => [
  'sgdisk -n 1:2048:8191 root.hdd > said',
  PATTERN,
  `dd if=/dev/zero of=root.hdd bs=512 seek=${String(sector)} count=1 conv=notrunc status=none`,
  'rm said',
];
const EXT = [
  'mke2fs -q -b 1024 root.hdd 16384',
  'debugfs -w -R "write DiskDescriptor.xml kept" root.hdd 2> said; rm said',
];
/** The least that XFS takes. */
const LARGE = { ...RAW, clusters: 5_120 };
const XFS = ['truncate -s 320M root.hdd', 'mkfs.xfs -q root.hdd'];
const READS_FILE = 'debugfs -R "cat kept" disk.raw 2> said | cmp - DiskDescriptor.xml';
const EXPORT = {
  command: 'ploop-inspect export --output disk.raw DIR',
  run: 'ploop-inspect export --output DIR/disk.raw DIR',
};
const HAS_FILE = 'debugfs -R "cat kept" root.hdd 2> said | cmp - DiskDescriptor.xml; rm said';

/** Defects of what is on a disk. */
export const contentRows: readonly Row[] = [
  ...[1, 32_767].map(
    (sector) =>
      ({
        page: 'PARTITION_TABLE_DAMAGED',
        shape: RAW,
        content: true,
        make: rawDisk(...withTable(sector)),
        tries: [
          {
            command: 'sgdisk --verify DISK',
            exit: 0,
            says: /[Cc]orrupt|invalid|damaged|problem/i,
          },
          {
            command: 'sgdisk --load-backup',
            run: 'sgdisk --load-backup DISK DISK',
            exit: sector === 1 ? 4 : 0,
            ...{ data: 'any', finds: 'PARTITION_TABLE_DAMAGED' },
          },
        ],
        mends: [
          { steps: [{ command: 'sgdisk -e DISK' }, HAS_PATTERN], like: 'content' },
          {
            steps: [
              { command: 'gdisk DISK', run: "printf 'r\\nb\\nw\\ny\\n' | gdisk DISK" },
              HAS_PATTERN,
            ],
            like: 'content',
          },
        ],
      }) satisfies Row,
  ),
  {
    page: 'PARTITION_TABLE_DAMAGED',
    shape: RAW,
    content: true,
    beside: ['PARTITION_OUTSIDE'],
    hint: /^The disk was cut off or shrunk/,
    make: rawDisk(
      'truncate -s 32M root.hdd',
      'sgdisk -n 1:2048:60000 root.hdd > said; rm said',
      'truncate -s 16M root.hdd',
    ),
    tries: [{ command: 'sgdisk -e', run: 'sgdisk -e DISK', exit: 4 }],
  },
  {
    page: 'PARTITION_TABLE_LOST',
    shape: RAW,
    content: true,
    make: rawDisk(
      'sgdisk -n 1:2048:8191 root.hdd > said; rm said',
      PATTERN,
      'dd if=/dev/zero of=root.hdd bs=512 count=34 conv=notrunc status=none',
    ),
    tries: [
      { command: 'ploop-inspect check --deep', ...DEEP, says: /with 1 partition / },
      { command: 'sgdisk -e DISK', exit: 2, finds: 'PARTITION_TABLE_LOST' },
    ],
    mends: [
      {
        steps: [{ command: 'gdisk DISK', run: "printf '1\\nw\\ny\\n' | gdisk DISK" }, HAS_PATTERN],
        like: 'content',
      },
    ],
  },
  {
    page: 'SUPERBLOCK_LOST',
    shape: RAW,
    content: true,
    make: rawDisk(...EXT, 'dd if=/dev/zero of=root.hdd bs=2K count=1 conv=notrunc status=none'),
    tries: [{ command: 'ploop-inspect check --deep', ...DEEP, says: /block 8193/ }],
    mends: [
      {
        steps: [{ command: 'e2fsck -fy FILE_SYSTEM', exit: 1 }, { run: HAS_FILE }],
        like: 'content',
      },
      {
        steps: [
          {
            command: 'e2fsck -fy -b BLOCK -B SIZE FILE_SYSTEM',
            run: 'e2fsck -fy -b 8193 -B 1024 FILE_SYSTEM',
            exit: 1,
          },
          { run: HAS_FILE },
        ],
        like: 'content',
      },
    ],
  },
  {
    page: 'SUPERBLOCK_LOST',
    shape: LARGE,
    content: true,
    hint: /e2fsck -fy -b 131072 -B 1024 FILE_SYSTEM/,
    make: rawDisk(
      'truncate -s 320M root.hdd',
      'mke2fs -q -t ext4 -b 1024 -O bigalloc root.hdd',
      'dd if=/dev/zero of=root.hdd bs=2K count=1 conv=notrunc status=none',
    ),
    tries: [{ command: 'e2fsck -fy FILE_SYSTEM', exit: 8, finds: 'SUPERBLOCK_LOST' }],
    mends: [
      {
        steps: [
          {
            command: 'e2fsck -fy -b BLOCK -B SIZE FILE_SYSTEM',
            run: 'e2fsck -fy -b 131072 -B 1024 FILE_SYSTEM',
            exit: 1,
          },
        ],
        like: 'content',
      },
    ],
  },
  {
    page: 'SUPERBLOCK_LOST',
    shape: LARGE,
    content: true,
    make: rawDisk(...XFS, 'dd if=/dev/zero of=root.hdd bs=4K count=1 conv=notrunc status=none'),
    mends: [{ steps: [{ command: 'xfs_repair FILE_SYSTEM' }], like: 'content' }],
  },
  {
    page: 'PARTITION_TRUNCATED',
    shape: RAW,
    content: true,
    beside: ['PARTITION_TABLE_DAMAGED'],
    make: rawDisk(
      'truncate -s 32M root.hdd',
      'sgdisk -n 1:2048:60000 root.hdd > said; rm said',
      'printf data | dd of=root.hdd bs=1M seek=1 conv=notrunc status=none',
      'truncate -s 16M root.hdd',
    ),
    tries: [{ command: 'ploop-inspect check --deep', ...DEEP }],
  },
  {
    page: 'BASE_SHORTER',
    shape: OVER_RAW,
    make: rawDisk('truncate -s 8M root.hdd'),
    tries: [{ command: 'ploop-inspect check --deep', ...DEEP, says: /BASE_SHORTER/ }],
  },
  {
    page: 'BASE_TRUNCATED',
    shape: OVER_RAW,
    content: true,
    // The disk reads as long as it was, and zeros at its end.
    beside: ['CONTENT_FOUND'],
    make: rawDisk('mke2fs -q root.hdd', 'truncate -s 8M root.hdd'),
    tries: [{ command: 'ploop-inspect check --deep', ...DEEP, says: /BASE_TRUNCATED/ }],
  },
  {
    page: 'SUPERBLOCK_DAMAGED',
    shape: RAW,
    content: true,
    make: rawDisk(
      ...EXT,
      "printf '\\377\\377' | dd of=root.hdd bs=1 seek=1048 conv=notrunc status=none",
    ),
    mends: [
      {
        steps: [{ command: 'e2fsck -fy FILE_SYSTEM', exit: 1 }, { run: HAS_FILE }],
        like: 'content',
      },
    ],
  },
  {
    page: 'EXPORT_LOST',
    shape: RAW,
    content: true,
    finds: ['CONTENT_FOUND'],
    make: rawDisk(...EXT),
    tries: [
      { command: 'e2fsck -fn', run: 'e2fsck -fn root.hdd' },
      {
        command: 'debugfs -R "icheck BLOCK"',
        run: 'debugfs -R "icheck 100" root.hdd',
        says: /100/,
      },
    ],
  },
  {
    page: 'CONTENT_FOUND',
    shape: RAW,
    content: true,
    make: rawDisk(...EXT),
    tries: [
      {
        ...EXPORT,
        then: (disk) => {
          inShell(disk, 'cmp disk.raw root.hdd');
        },
      },
    ],
  },
  {
    page: 'FILE_SYSTEM_TRUNCATED',
    beside: ['CONTENT_FOUND'],
    shape: { ...RAW, clusters: 128 },
    content: true,
    make: rawDisk(...EXT, 'truncate -s 8M root.hdd'),
    tries: [
      { command: 'e2fsck -fy', run: 'e2fsck -fy root.hdd', exit: 8, says: /Abort\? yes/ },
      {
        ...{ ...EXPORT, exit: 1, says: /FILE_SYSTEM_TRUNCATED/ },
        then: (disk) => {
          inShell(disk, 'truncate -s 16M disk.raw', READS_FILE);
        },
      },
      {
        command: "truncate -s '>BYTES' disk.raw",
        run: `cp root.hdd disk.raw; truncate -s '>16777216' disk.raw; ${READS_FILE}`,
      },
    ],
  },
  {
    page: 'SUPERBLOCK_DAMAGED',
    shape: LARGE,
    content: true,
    make: rawDisk(
      ...XFS,
      "printf '\\377\\377' | dd of=root.hdd bs=1 seek=4 conv=notrunc status=none",
    ),
    mends: [
      {
        steps: [{ command: 'xfs_repair FILE_SYSTEM' }, { run: 'xfs_repair -n FILE_SYSTEM' }],
        like: 'content',
      },
    ],
  },
  {
    page: 'EXPORT_LOST',
    shape: LARGE,
    content: true,
    finds: ['CONTENT_FOUND'],
    make: rawDisk(...XFS),
    tries: [{ command: 'xfs_repair -n', run: 'xfs_repair -n FILE_SYSTEM', data: 'any' }],
  },
];
