import { bytes, NIL_GUID, parseGuid, type Guid } from '@ploop/descriptor';

import { dd, type CasesOf } from './case.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const mib = (count: number): ReturnType<typeof bytes> => bytes(count * MIB);
const ones = parseGuid('{11111111-1111-1111-1111-111111111111}') ?? NIL_GUID;
const v115 = { from: '1.15', to: '1.15' } as const;
const SPEC = 'size:\t\t131072\nblocksize:\t2048\nfmt_version:\t2\n';
const spec = { size: mib(64), clusterSize: mib(1), version: 2 } as const;
const HAS_PARTITION =
  "Error in has_partition (gpt.c:127): Can't open : No such file or directory\n";

export const disks: CasesOf<
  | 'init'
  | 'info'
  | 'infoDevice'
  | 'infoFileSystem'
  | 'check'
  | 'checkImage'
  | 'fscheck'
  | 'resize'
  | 'grow'
  | 'convert'
  | 'merge'
  | 'copySend'
  | 'copyReceive'
  | 'replace'
  | 'restoreDescriptor'
  | 'encrypt'
> = {
  init: {
    argv: [
      {
        input: { path: '/p/root.hdd', size: mib(64), fileSystem: 'none' },
        argv: '-s 131072 -t none /p/root.hdd',
      },
      {
        input: {
          path: '/p/-root.hdd',
          size: mib(64),
          fileSystem: 'xfs',
          format: 'preallocated',
          clusterSize: bytes(MIB / 2),
          version: 2,
          fileSystemBlockSize: bytes(4096),
          eager: true,
          label: 'a label',
          keyId: 'key',
          sparse: true,
          withoutPartition: true,
          imageType: 'ploop',
        },
        argv: '-s 131072 -f preallocated -b 1024 -v 2 -B 4096 --nolazy -L a label -k key -S -P -T ploop -t xfs /p/-root.hdd',
        release: { from: '9.0.30', to: '9.0.30' },
      },
      {
        input: { path: '/p/root.hdd', size: bytes(3 * 1024 * GIB), fileSystem: 'none' },
        argv: '-s 6442450944 -t none /p/root.hdd',
        release: { from: '9.0.12' },
      },
    ],
    refused: [
      { input: { path: 'root.hdd', size: mib(64), fileSystem: 'none' }, reason: 'PATH_INVALID' },
      { input: { path: '/p/x', size: bytes(1000), fileSystem: 'none' }, reason: 'SIZE_INVALID' },
      {
        input: { path: '/p/x', size: bytes(2 ** 52), version: 2, fileSystem: 'none' },
        reason: 'SIZE_INVALID',
      },
      {
        input: { path: '/p/x', size: bytes(3 * 1024 * GIB), fileSystem: 'none' },
        reason: 'SIZE_INVALID',
      },
      {
        input: { path: '/p/x', size: mib(1), clusterSize: bytes(1000), fileSystem: 'none' },
        reason: 'CLUSTER_SIZE_INVALID',
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'none', version: 3 as 2 },
        reason: 'NUMBER_INVALID',
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'btrfs' as 'ext4' },
        reason: 'CHOICE_INVALID',
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'none', label: '-L' },
        reason: 'TEXT_INVALID',
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'none', keyId: 'k' },
        reason: 'RELEASE_UNFIT',
      },
      ...(['label', 'keyId'] as const).map((name) => ({
        input: { path: '/p/x', size: mib(1), fileSystem: 'ext4', [name]: 'x' } as const,
        reason: 'NOT_IN_RELEASE' as const,
        release: v115,
      })),
      ...(['sparse', 'withoutPartition'] as const).map((name) => ({
        input: { path: '/p/x', size: mib(1), fileSystem: 'none', [name]: true } as const,
        reason: 'NOT_IN_RELEASE' as const,
        release: { from: '7.0.88', to: '7.0.120' } as const,
      })),
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'none', eager: true },
        reason: 'NOT_IN_RELEASE',
        release: { from: '1.12', to: '1.12' },
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'none', imageType: 'qcow2' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '7.0.280', to: '7.0.280' },
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'xfs' },
        reason: 'NOT_IN_RELEASE',
        release: v115,
      },
      {
        input: { path: '/p/x', size: mib(1), fileSystem: 'ext3' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '9.0.12' },
      },
    ],
    parses: [],
  },
  info: {
    argv: [{ input: { descriptor: dd }, argv: `-s ${dd}` }],
    refused: [{ input: { descriptor: '/p/root.hdd' }, reason: 'PATH_INVALID' }],
    parses: [
      { of: '1.15, 7.0.280, 9.0.30', input: { descriptor: dd }, stdout: SPEC, value: spec },
      {
        of: '1.15: a raw disk',
        input: { descriptor: dd },
        stdout: 'size:\t\t131072\nblocksize:\t2048\nfmt_version:\t0\n',
        value: { ...spec, version: 0 },
      },
      {
        of: 'none: log lines',
        input: { descriptor: dd },
        stdout: `Opening delta /p/root.hdd\n${SPEC}`,
      },
      {
        of: 'none: a cluster of 1000 sectors',
        input: { descriptor: dd },
        stdout: SPEC.replace('2048', '1000'),
      },
      {
        of: 'none: a size beyond 2^53 bytes',
        input: { descriptor: dd },
        stdout: SPEC.replace('131072', '99999999999999999'),
      },
    ],
  },
  infoDevice: {
    argv: [{ input: { descriptor: dd }, argv: `-s -d ${dd}` }],
    refused: [
      { input: { descriptor: '/p/root.hdd' }, reason: 'PATH_INVALID' },
      {
        input: { descriptor: dd },
        reason: 'NOT_IN_RELEASE',
        release: { from: '1.11', to: '1.11' },
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: `${SPEC}device:\t\t/dev/ploop0\n`,
        value: { ...spec, device: '/dev/ploop0', partition: undefined },
      },
      {
        of: '1.15: not mounted',
        input: { descriptor: dd },
        stdout: `${SPEC}device:\t\t\n`,
        value: { ...spec, device: undefined, partition: undefined },
      },
      {
        of: '7.0.280: not mounted',
        input: { descriptor: dd },
        stdout: `${SPEC}device:\t\t\npartition:\t\n`,
        stderr: HAS_PARTITION,
        value: { ...spec, device: undefined, partition: undefined },
      },
      {
        of: '8.0.75: not mounted',
        input: { descriptor: dd },
        stdout: `${SPEC}device:\t\t\npartition:\t\n`,
        stderr: "Error in is_luks (gpt.c:107): Can't open : No such file or directory\n",
        value: { ...spec, device: undefined, partition: undefined },
      },
      {
        of: '9.0.30',
        input: { descriptor: dd },
        stdout: `${SPEC}device:\t\t/dev/mapper/ploop49271\npartition:\t/dev/mapper/ploop49271p1\n`,
        value: {
          ...spec,
          device: '/dev/mapper/ploop49271',
          partition: '/dev/mapper/ploop49271p1',
        },
      },
      {
        of: 'none: an empty device because the disk is locked',
        input: { descriptor: dd },
        stdout: `${SPEC}device:\t\t\n`,
        stderr:
          'Error in do_lock (lock.c:132): The /p/DiskDescriptor.xml.lck is locked: Resource temporarily unavailable\n',
      },
      { of: 'none: no parameters', input: { descriptor: dd }, stdout: 'device:\t\t\n' },
      { of: 'none: no device', input: { descriptor: dd }, stdout: `${SPEC}device:\t\tploop0\n` },
    ],
  },
  infoFileSystem: {
    argv: [{ input: { descriptor: dd }, argv: dd }],
    refused: [{ input: { descriptor: '-b.xml' }, reason: 'PATH_INVALID' }],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout:
          '   resource           Size           Used\n  1k-blocks         370664          20508\n     inodes          32640             14\n',
        value: {
          size: bytes(370664 * 1024),
          used: bytes(20508 * 1024),
          inodes: 32640,
          inodesUsed: 14,
        },
      },
      {
        of: 'none: log lines',
        input: { descriptor: dd },
        stdout:
          'Unmounting device /dev/ploop0\n   resource           Size           Used\n  1k-blocks         370664          20508\n     inodes          32640             14\n',
      },
      { of: 'none: silence', input: { descriptor: dd }, stdout: '' },
    ],
  },
  check: {
    argv: [
      { input: { descriptor: dd }, argv: dd },
      {
        input: {
          descriptor: dd,
          guid: ones,
          force: true,
          duplicates: true,
          readonly: true,
          dropInUse: true,
        },
        argv: `-f -c -r -d -u ${ones} ${dd}`,
        release: { from: '7.0.174', to: '7.0.280' },
      },
    ],
    refused: [
      { input: { descriptor: dd, guid: 'x' as Guid }, reason: 'GUID_INVALID' },
      { input: { descriptor: dd, readonly: true }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [
      { of: '1.15', input: { descriptor: dd }, stdout: '', value: { report: [] } },
      {
        of: '7.0.280',
        input: { descriptor: dd },
        stdout: 'Image is clean, check is skipped\n',
        value: { report: ['Image is clean, check is skipped'] },
      },
      {
        of: '1.15, which respects no options',
        input: { descriptor: dd, force: true },
        stdout: '',
        stderr: 'WARNING: options are ignored for DiskDescriptor.xml form\n',
      },
    ],
  },
  checkImage: {
    argv: [
      { input: { image: '/p/root.hdd' }, argv: '/p/root.hdd' },
      {
        input: {
          image: '/p/root.hdd',
          force: true,
          repairAtAnyCost: true,
          duplicates: true,
          readonly: true,
          silent: true,
          dropInUse: true,
          repairSparse: true,
          defragment: true,
          raw: { clusterSize: mib(1) },
        },
        argv: '-f -F -c -r -s -d -S -D -R -b 2048 /p/root.hdd',
      },
    ],
    refused: [
      { input: { image: dd }, reason: 'PATH_INVALID' },
      {
        input: { image: '/p/root.hdd', defragment: true },
        reason: 'NOT_IN_RELEASE',
        release: v115,
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { image: '/p/root.hdd' },
        stdout: 'Reopen rw /p/root.hdd\nTrimming tail\n',
        value: { report: ['Reopen rw /p/root.hdd', 'Trimming tail'] },
      },
    ],
  },
  fscheck: {
    argv: [{ input: { descriptor: dd }, argv: dd }],
    refused: [{ input: { descriptor: dd }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [
      {
        of: '7.0.265',
        input: { descriptor: dd },
        stdout: 'Checking fs on /dev/ploop0p1...\nNo error found on /dev/ploop0p1\n',
        value: {
          clean: true,
          report: ['Checking fs on /dev/ploop0p1...', 'No error found on /dev/ploop0p1'],
        },
      },
      {
        of: '7.0.265: a damaged file system, with exit code 0',
        input: { descriptor: dd },
        stdout: 'Checking fs on /dev/ploop0p1...\n',
        stderr: 'File system check failed\n',
        value: {
          clean: false,
          report: ['Checking fs on /dev/ploop0p1...', 'File system check failed'],
        },
      },
      { of: 'none: neither', input: { descriptor: dd }, stdout: '' },
      {
        of: 'none: both',
        input: { descriptor: dd },
        stdout: 'No error found on /dev/ploop0p1\n',
        stderr: 'File system check failed\n',
      },
    ],
  },
  resize: {
    argv: [
      { input: { descriptor: dd, size: mib(10) }, argv: `-s 20480 ${dd}` },
      { input: { descriptor: dd, size: 'smallest' }, argv: `-b ${dd}` },
      {
        input: { descriptor: dd, size: mib(10), online: true, namespacePid: 12 },
        argv: `-s 20480 -o -p 12 ${dd}`,
      },
    ],
    refused: [
      { input: { descriptor: dd, size: bytes(0) }, reason: 'SIZE_INVALID' },
      { input: { descriptor: dd, size: bytes(513) }, reason: 'SIZE_INVALID' },
      { input: { descriptor: dd, size: mib(1), namespacePid: 0 }, reason: 'NUMBER_INVALID' },
      {
        input: { descriptor: dd, size: mib(1), online: true },
        reason: 'NOT_IN_RELEASE',
        release: v115,
      },
      {
        input: { descriptor: dd, size: mib(1), namespacePid: 1 },
        reason: 'NOT_IN_RELEASE',
        release: { from: '8.0.15', to: '8.0.58' },
      },
    ],
    parses: [],
  },
  grow: {
    argv: [
      { input: { descriptor: dd, size: mib(10) }, argv: `-s 20480 ${dd}` },
      { input: { device: '/dev/ploop0', size: mib(10) }, argv: '-s 20480 -d /dev/ploop0' },
      {
        input: { image: '/p/root.hdd', raw: true, sparse: true, size: mib(10) },
        argv: '-s 20480 -f raw -S /p/root.hdd',
      },
    ],
    refused: [
      { input: { descriptor: dd, size: bytes(-512) }, reason: 'SIZE_INVALID' },
      {
        input: { descriptor: dd, image: '/p/root.hdd', size: mib(10) },
        reason: 'TARGET_AMBIGUOUS',
      },
      {
        input: { image: '/p/root.hdd', sparse: true, size: mib(10) },
        reason: 'NOT_IN_RELEASE',
        release: v115,
      },
    ],
    parses: [],
  },
  convert: {
    argv: [
      { input: { descriptor: dd, format: 'preallocated' }, argv: `-f preallocated ${dd}` },
      { input: { descriptor: dd, version: 2 }, argv: `-v 2 ${dd}` },
    ],
    refused: [
      { input: { descriptor: dd, format: 'qcow2' as 'raw' }, reason: 'CHOICE_INVALID' },
      { input: { descriptor: dd, version: 3 as 2 }, reason: 'NUMBER_INVALID' },
      { input: { descriptor: dd, version: 2, format: 'raw' }, reason: 'CHOICE_INVALID' },
    ],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd, version: 1 },
        stdout: 'ploop image has been successfully converted\n',
        value: undefined,
      },
      {
        of: '1.15: a raw disk, with exit code 0',
        input: { descriptor: dd, version: 1 },
        stdout: 'ploop image has been successfully converted\n',
        stderr:
          'Error in ploop_change_fmt_version (ploop.c:3202): Changing image version format on raw image is not supported\n',
      },
    ],
  },
  merge: {
    argv: [
      { input: { images: ['/p/top', '/p/base'] }, argv: '/p/top /p/base' },
      {
        input: { images: ['/p/top', '/p/base'], raw: true, into: '/p/new' },
        argv: '-f raw -n /p/new /p/top /p/base',
      },
      { input: { device: '/dev/ploop0' }, argv: '-d /dev/ploop0' },
      { input: { device: '/dev/ploop0', level: 1 }, argv: '-d /dev/ploop0 -l 1' },
      {
        input: { device: '/dev/ploop0', level: 1, topLevel: 3, into: '/p/new' },
        argv: '-d /dev/ploop0 -l 1..3 -n /p/new',
      },
    ],
    refused: [
      { input: { images: ['/p/base'] }, reason: 'TARGET_AMBIGUOUS' },
      { input: { images: [dd, '/p/base'] }, reason: 'PATH_INVALID' },
      {
        input: { images: ['/p/a', '/p/b'], device: '/dev/ploop0' },
        reason: 'TARGET_AMBIGUOUS',
      },
      { input: { device: '/dev/ploop0', topLevel: 3 }, reason: 'NUMBER_INVALID' },
      { input: { device: '/dev/ploop0', level: 3, topLevel: 3 }, reason: 'NUMBER_INVALID' },
      {
        input: { device: '/dev/ploop0' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '8.0.59' },
      },
    ],
    parses: [],
  },
  copySend: {
    argv: [
      { input: { device: '/dev/ploop0', file: '/p/copy' }, argv: '-s /dev/ploop0 -d /p/copy' },
      {
        input: { device: '/dev/ploop0', output: process.stdout },
        argv: '-s /dev/ploop0 -o 1',
      },
      {
        input: { device: '/dev/ploop0', output: process.stdout, input: process.stdin },
        argv: '-s /dev/ploop0 -o 1 -i 0',
      },
    ],
    refused: [
      { input: { device: 'ploop0', file: '/p/copy' }, reason: 'PATH_INVALID' },
      {
        input: { device: '/dev/ploop0', file: '/p/copy', output: process.stdout },
        reason: 'TARGET_AMBIGUOUS',
      },
    ],
    parses: [],
  },
  copyReceive: {
    argv: [
      { input: { file: '/p/copy', input: process.stdin }, argv: '-d /p/copy -i 0' },
      {
        input: { file: '/p/copy', input: process.stdin, output: process.stdout },
        argv: '-d /p/copy -i 0 -o 1',
      },
    ],
    refused: [{ input: { file: 'copy', input: process.stdin }, reason: 'PATH_INVALID' }],
    parses: [],
  },
  replace: {
    argv: [
      {
        input: { descriptor: dd, replacement: '/p/new', guid: ones },
        argv: `-u ${ones} -i /p/new ${dd}`,
      },
      {
        input: {
          descriptor: dd,
          replacement: '/p/new',
          image: '/p/root.hdd',
          keepName: true,
          format: 'raw',
          writable: true,
        },
        argv: `-o /p/root.hdd -k -f raw -w -i /p/new ${dd}`,
      },
      {
        input: { descriptor: dd, replacement: '/p/new', image: '/p/root.hdd' },
        argv: `-o /p/root.hdd -i /p/new ${dd}`,
      },
      {
        input: { descriptor: dd, replacement: '/p/new', level: 0 },
        argv: `-l 0 -i /p/new ${dd}`,
      },
    ],
    refused: [
      {
        input: { descriptor: dd, replacement: '/p/new', guid: ones, level: 0 },
        reason: 'TARGET_AMBIGUOUS',
      },
      { input: { descriptor: dd, replacement: 'new', level: 0 }, reason: 'PATH_INVALID' },
      { input: { descriptor: dd, replacement: '/p/new', level: -1 }, reason: 'NUMBER_INVALID' },
      {
        input: { descriptor: dd, replacement: '/p/new', level: 0, writable: true },
        reason: 'NOT_IN_RELEASE',
        release: v115,
      },
      {
        input: { descriptor: dd, replacement: '/p/new', level: 0, keepName: true },
        reason: 'NOT_IN_RELEASE',
        release: { from: '1.12', to: '1.12' },
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd, replacement: '/p/new.hdd', level: 0 },
        stdout:
          'Storing /p/DiskDescriptor.xml.tmp\nReplacing /p/root.hdd with /p/new.hdd (online, level 0)\n',
        value: undefined,
      },
      {
        of: '1.15: rolled back, with exit code 0',
        input: { descriptor: dd, replacement: '/p/k.hdd', level: 0, keepName: true },
        stdout:
          'Storing /p/DiskDescriptor.xml.tmp\nReplacing /p/root.hdd with /p/k.hdd (online, level 0)\nRollback: replacing /p/k.hdd with /p/root.hdd\n',
        stderr:
          "Error in ploop_replace_image (ploop.c:1671): Can't hardlink /p/k.hdd.BKbDAN to /p/k.hdd: File exists\n",
      },
    ],
  },
  restoreDescriptor: {
    argv: [
      { input: { directory: '/q', image: '/p/root.hdd' }, argv: '/q /p/root.hdd' },
      { input: { directory: '/q', image: '/p/raw', raw: {} }, argv: '-f raw /q /p/raw' },
      {
        input: { directory: '/q', image: '/p/raw', raw: { clusterSize: mib(1) } },
        argv: '-f raw -b 2048 /q /p/raw',
      },
    ],
    refused: [
      { input: { directory: 'q', image: '/p/root.hdd' }, reason: 'PATH_INVALID' },
      {
        input: { directory: '/q', image: '/p/root.hdd' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '1.12', to: '1.12' },
      },
    ],
    parses: [],
  },
  encrypt: {
    argv: [
      { input: { descriptor: dd, key: { id: 'key' } }, argv: `-k key ${dd}` },
      {
        input: { descriptor: dd, key: 'none', copyData: true, wipe: true },
        argv: `-k  -r -w ${dd}`,
      },
    ],
    refused: [
      { input: { descriptor: dd, key: { id: '' } }, reason: 'TEXT_INVALID' },
      { input: { descriptor: dd, key: { id: '-w' } }, reason: 'TEXT_INVALID' },
      { input: { descriptor: dd, key: 'none' }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [],
  },
};
