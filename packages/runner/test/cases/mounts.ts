import { bytes, NIL_GUID, parseGuid, type Guid } from '@ploop/descriptor';

import { dd, type CasesOf } from './case.ts';

const MIB = 1024 * 1024;
const ones = parseGuid('{11111111-1111-1111-1111-111111111111}') ?? NIL_GUID;
const twos = parseGuid('{22222222-2222-2222-2222-222222222222}') ?? NIL_GUID;
const root = { image: '/p/root.hdd', readonly: false };

export const mounts: CasesOf<
  | 'mount'
  | 'mountImages'
  | 'umount'
  | 'start'
  | 'stop'
  | 'clear'
  | 'rm'
  | 'tsnapshot'
  | 'list'
  | 'stat'
> = {
  mount: {
    argv: [
      { input: { descriptor: dd }, argv: dd },
      {
        input: {
          descriptor: '/p/a b"c/DiskDescriptor.xml',
          guid: ones,
          readonly: true,
          mountPoint: '/-m',
          fileSystem: 'ext4',
          fsck: true,
          mountData: 'noload,errors=continue',
          component: 'backup',
          device: '/dev/ploop5',
          quota: true,
          skipPartitions: true,
        },
        argv: `-r -F -q -n -t ext4 -u ${ones} -o noload,errors=continue -c backup -d /dev/ploop5 -m /-m /p/a b"c/DiskDescriptor.xml`,
      },
    ],
    refused: [
      { input: { descriptor: dd, guid: '-r' as Guid }, reason: 'GUID_INVALID' },
      { input: { descriptor: dd, mountPoint: 'mnt' }, reason: 'PATH_INVALID' },
      { input: { descriptor: dd, mountPoint: '/a\nb' }, reason: 'PATH_INVALID' },
      { input: { descriptor: dd, mountData: '-o' }, reason: 'TEXT_INVALID' },
      { input: { descriptor: dd, component: 'a/b' }, reason: 'TEXT_INVALID' },
      { input: { descriptor: dd, component: 'x'.repeat(64) }, reason: 'TEXT_INVALID' },
      { input: { descriptor: dd, device: '/tmp/x' }, reason: 'PATH_INVALID' },
      { input: { descriptor: dd, fileSystem: '-r' as 'ext4' }, reason: 'CHOICE_INVALID' },
      {
        input: { descriptor: dd, quota: true },
        reason: 'NOT_IN_RELEASE',
        release: { from: '1.15', to: '1.15' },
      },
      {
        input: { descriptor: dd, skipPartitions: true },
        reason: 'NOT_IN_RELEASE',
        release: { from: '8.0.59', to: '9.0.5' },
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: 'Opening delta /p/root.hdd\nAdding delta dev=/dev/ploop0 img=/p/root.hdd (rw)\n',
        value: { device: '/dev/ploop0', deltas: [root], partition: undefined },
      },
      {
        of: '1.15',
        input: { descriptor: dd, mountPoint: '/mnt' },
        stdout:
          "Adding delta dev=/dev/ploop0 img=/p/root.hdd (rw)\nRunning: fsck.ext4 -p /dev/ploop0p1 \nMounting /dev/ploop0p1 at /mnt fstype=ext4 data='balloon_ino=12,' \n",
        value: { device: '/dev/ploop0', deltas: [root], partition: '/dev/ploop0p1' },
      },
      {
        of: '1.15',
        input: { descriptor: dd, mountPoint: '/mnt', readonly: true },
        stdout:
          "Adding delta dev=/dev/ploop0 img=/p/root.hdd (ro)\nMounting /dev/ploop0p1 at /mnt fstype=ext4 data='balloon_ino=12,' ro\n",
        value: {
          device: '/dev/ploop0',
          deltas: [{ ...root, readonly: true }],
          partition: '/dev/ploop0p1',
        },
      },
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout:
          'Opening delta /p/root.hdd\nReopen rw /p/root.hdd\nAdding delta dev=/dev/ploop0 img=/p/root.hdd (ro)\nAdding delta dev=/dev/ploop0 img=/p/root.hdd.{e1a45f6a-394d-4e53-b088-586f34668e06} (rw)\n',
        value: {
          device: '/dev/ploop0',
          deltas: [
            { image: '/p/root.hdd', readonly: true },
            { image: '/p/root.hdd.{e1a45f6a-394d-4e53-b088-586f34668e06}', readonly: false },
          ],
          partition: undefined,
        },
      },
      {
        of: '1.15 at verbosity 4',
        input: { descriptor: dd },
        stdout:
          '[ 0.050233] Opening delta /p/root.hdd\n[ 0.058402] Adding delta dev=/dev/ploop0 img=/p/root.hdd (rw)\n',
        value: { device: '/dev/ploop0', deltas: [root], partition: undefined },
      },
      {
        of: '9.0.30',
        input: { descriptor: dd, mountPoint: '/mnt' },
        stdout:
          "Opening delta /p/root.hdd\nAdding delta dev=/dev/mapper/ploop49271 img=/p/root.hdd (rw)\nUpdate inuse state /p/root.hdd state=1953459801\nOpening delta /p/root.hdd\nRunning: partprobe /dev/mapper/ploop49271 \nDM command: resume /dev/mapper/ploop49271\nMounted /dev/mapper/ploop49271p1 at /mnt fstype=ext4 data='balloon_ino=12' \n",
        value: {
          device: '/dev/mapper/ploop49271',
          deltas: [root],
          partition: '/dev/mapper/ploop49271p1',
        },
      },
      { of: 'none: silence', input: { descriptor: dd }, stdout: '' },
      {
        of: 'none: not mounted where it was asked for',
        input: { descriptor: dd, mountPoint: '/mnt' },
        stdout: 'Adding delta dev=/dev/ploop0 img=/p/root.hdd (rw)\n',
      },
      {
        of: 'none: an image with a line break',
        input: { descriptor: dd },
        stdout: 'Adding delta dev=/dev/ploop0 img=/p/a\nb (rw)\n',
      },
    ],
  },
  mountImages: {
    argv: [
      { input: { images: ['/p/root.hdd'] }, argv: '/p/root.hdd' },
      {
        input: {
          images: ['/p/root.hdd', '/p/top'],
          readonly: true,
          fsck: true,
          raw: { clusterSize: bytes(MIB) },
          fileSystem: 'ext4',
          mountData: 'noload',
          device: '/dev/ploop0',
          mountPoint: '/mnt',
        },
        argv: '-r -F -f raw -b 2048 -t ext4 -o noload -d /dev/ploop0 -m /mnt /p/root.hdd /p/top',
        release: { from: '9.0.30', to: '9.0.30' },
      },
    ],
    refused: [
      { input: { images: [] }, reason: 'TARGET_AMBIGUOUS' },
      { input: { images: [dd] }, reason: 'PATH_INVALID' },
      { input: { images: ['/p/a.qcow2'] }, reason: 'PATH_INVALID' },
      {
        input: { images: ['/p/a'], raw: { clusterSize: bytes(1000) } },
        reason: 'CLUSTER_SIZE_INVALID',
      },
      {
        input: { images: ['/p/root.hdd'] },
        reason: 'NOT_IN_RELEASE',
        release: { from: '9.0.25' },
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { images: ['/p/root.hdd'] },
        stdout: 'Adding delta dev=/dev/ploop0 img=/p/root.hdd (rw)\n',
        value: { device: '/dev/ploop0', deltas: [root], partition: undefined },
      },
      { of: 'none: silence', input: { images: ['/p/root.hdd'] }, stdout: '' },
    ],
  },
  umount: {
    argv: [
      { input: { descriptor: dd }, argv: dd },
      { input: { descriptor: dd, component: '~backup' }, argv: `-c ~backup ${dd}` },
      { input: { device: '/dev/mapper/ploop1' }, argv: '-d /dev/mapper/ploop1' },
      { input: { mountPoint: '/mnt/a b' }, argv: '-m /mnt/a b' },
      { input: { image: '/p/root.hdd' }, argv: '/p/root.hdd' },
    ],
    refused: [
      {
        input: { descriptor: dd, device: '/dev/ploop0' },
        reason: 'TARGET_AMBIGUOUS',
      },
      { input: {} as { device: string }, reason: 'TARGET_AMBIGUOUS' },
      { input: { device: 'ploop0' }, reason: 'PATH_INVALID' },
      {
        input: { descriptor: dd },
        reason: 'NOT_IN_RELEASE',
        release: { from: '9.0.25', to: '9.0.30' },
      },
      {
        input: { image: '/p/root.hdd' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '9.0.12', to: '9.0.24' },
      },
    ],
    parses: [],
  },
  start: {
    argv: [{ input: { device: '/dev/ploop0' }, argv: '-d /dev/ploop0' }],
    refused: [
      { input: { device: 'ploop0' }, reason: 'PATH_INVALID' },
      { input: { device: '/dev/ploop0' }, reason: 'NOT_IN_RELEASE', release: { from: '9.0.12' } },
    ],
    parses: [],
  },
  stop: {
    argv: [{ input: { device: '/dev/ploop0' }, argv: '-d /dev/ploop0' }],
    refused: [
      { input: { device: 'ploop0' }, reason: 'PATH_INVALID' },
      { input: { device: '/dev/ploop0' }, reason: 'NOT_IN_RELEASE', release: { from: '9.0.12' } },
    ],
    parses: [],
  },
  clear: {
    argv: [{ input: { device: '/dev/ploop0' }, argv: '-d /dev/ploop0' }],
    refused: [
      { input: { device: 'ploop0' }, reason: 'PATH_INVALID' },
      { input: { device: '/dev/ploop0' }, reason: 'NOT_IN_RELEASE', release: { from: '9.0.12' } },
    ],
    parses: [],
  },
  rm: {
    argv: [{ input: { device: '/dev/ploop0', level: 0 }, argv: '-d /dev/ploop0 -l 0' }],
    refused: [
      { input: { device: '/dev/ploop0', level: 128 }, reason: 'NUMBER_INVALID' },
      { input: { device: '/dev/ploop0', level: 0.5 }, reason: 'NUMBER_INVALID' },
      {
        input: { device: '/dev/ploop0', level: 0 },
        reason: 'NOT_IN_RELEASE',
        release: { from: '9.0.12' },
      },
    ],
    parses: [],
  },
  tsnapshot: {
    argv: [
      {
        input: { descriptor: dd, guid: ones, component: 'backup' },
        argv: `-u ${ones} -c backup ${dd}`,
      },
      {
        input: { descriptor: dd, guid: ones, component: 'backup', mountPoint: '/mnt' },
        argv: `-u ${ones} -c backup -m /mnt ${dd}`,
      },
    ],
    refused: [
      {
        input: { descriptor: dd, guid: ones, component: 'a b' },
        reason: 'TEXT_INVALID',
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd, guid: ones, component: 'backup' },
        stdout: `Adding snapshot {5fbaabe3-6958-40ff-92a7-860e329aab41}
Storing /p/DiskDescriptor.xml.tmp
Creating delta /p/root.hdd.{36e71a5c-8450-4489-bafc-e7083fdceea7} bs=2048 size=131072 sectors v2
Creating snapshot dev=/dev/ploop0 img=/p/root.hdd.{36e71a5c-8450-4489-bafc-e7083fdceea7}
ploop temporary snapshot {11111111-1111-1111-1111-111111111111} has been successfully created
Opening delta /p/root.hdd
Adding delta dev=/dev/ploop1 img=/p/root.hdd (ro)
`,
        value: {
          guid: ones,
          device: '/dev/ploop1',
          deltas: [{ ...root, readonly: true }],
          partition: undefined,
        },
      },
      {
        of: 'none: another snapshot',
        input: { descriptor: dd, guid: twos, component: 'backup' },
        stdout: `ploop temporary snapshot ${ones} has been successfully created\nAdding delta dev=/dev/ploop1 img=/p/root.hdd (ro)\n`,
      },
    ],
  },
  list: {
    argv: [
      { input: {}, argv: '' },
      { input: { mountPoints: true, allImages: true }, argv: '-a -f' },
    ],
    refused: [
      {
        input: { allImages: true },
        reason: 'NOT_IN_RELEASE',
        release: { from: '7.0.280', to: '7.0.280' },
      },
    ],
    parses: [
      { of: '1.15, 7.0.280: no device', input: {}, stdout: '', value: [] },
      {
        of: '1.15',
        input: {},
        stdout:
          'ploop0       /p/root.hdd  \nploop18115   /p/a b.hdd  ~backup\nploop1234567890 /p/c  d\n',
        value: [
          {
            device: 'ploop0',
            images: ['/p/root.hdd'],
            mountPoint: undefined,
            component: undefined,
          },
          {
            device: 'ploop18115',
            images: ['/p/a b.hdd'],
            mountPoint: undefined,
            component: '~backup',
          },
          {
            device: 'ploop1234567890',
            images: ['/p/c'],
            mountPoint: undefined,
            component: 'd',
          },
        ],
      },
      {
        of: '1.15 with -a',
        input: { mountPoints: true },
        stdout: 'ploop0       /p/root.hdd /p/m \nploop1       /p/root.hdd  two\n',
        value: [
          { device: 'ploop0', images: ['/p/root.hdd'], mountPoint: '/p/m', component: undefined },
          { device: 'ploop1', images: ['/p/root.hdd'], mountPoint: undefined, component: 'two' },
        ],
      },
      {
        of: '9.0.30',
        input: { allImages: true },
        stdout:
          'ploop49271\t/p/root.hdd.{e1a45f6a-394d-4e53-b088-586f34668e06}\n\t\t/p/root.hdd\nploop1\t/p/a  b\tbackup\n',
        value: [
          {
            device: 'ploop49271',
            images: ['/p/root.hdd.{e1a45f6a-394d-4e53-b088-586f34668e06}', '/p/root.hdd'],
            mountPoint: undefined,
            component: undefined,
          },
          { device: 'ploop1', images: ['/p/a  b'], mountPoint: undefined, component: 'backup' },
        ],
      },
      { of: 'none: two blanks in a name', input: {}, stdout: 'ploop0       /p/a  b.hdd  \n' },
      { of: 'none: a blank at the end', input: {}, stdout: 'ploop0       /p/a   \n' },
      {
        of: 'none: a blank beside mount points',
        input: { mountPoints: true },
        stdout: 'ploop0       /p/a b /mnt \n',
      },
      { of: 'none: cut short', input: {}, stdout: 'ploop0       /p/root.hdd  ' },
      { of: 'none: a device that is a path', input: {}, stdout: '/dev/ploop0 /p/root.hdd  \n' },
      { of: 'none: an image without device', input: {}, stdout: '\t\t/p/root.hdd\n' },
    ],
  },
  stat: {
    argv: [
      { input: { device: '/dev/ploop0' }, argv: '-d /dev/ploop0' },
      { input: { device: '/dev/ploop0', set: 'zero' }, argv: '-c -d /dev/ploop0' },
      { input: { device: '/dev/ploop0', set: { bio_in: 5n } }, argv: '-l -d /dev/ploop0' },
    ],
    refused: [
      { input: { device: 'ploop0' }, reason: 'PATH_INVALID' },
      {
        input: { device: '/dev/ploop0' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '8.0.59' },
      },
    ],
    parses: [
      {
        of: '1.15',
        input: { device: '/dev/ploop0' },
        stdout: 'bio_cows            \t0\nbio_full            \t18446744073709551615\n',
        value: { bio_cows: 0n, bio_full: 18446744073709551615n },
      },
      {
        of: '1.15',
        input: { device: '/dev/ploop0', set: 'zero' },
        stdout: '',
        value: {},
      },
      {
        of: 'none: no number',
        input: { device: '/dev/ploop0' },
        stdout: 'bio_cows            \t-1\n',
      },
      {
        of: 'none: twice the same',
        input: { device: '/dev/ploop0' },
        stdout: 'a                   \t1\na                   \t2\n',
      },
    ],
  },
};
