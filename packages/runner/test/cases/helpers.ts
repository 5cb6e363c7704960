import { bytes, NIL_GUID, parseGuid } from '@ploop/descriptor';

import { dd, type ArgvCase, type CasesOf } from './case.ts';

const MIB = 1024 * 1024;
const mib = (count: number): ReturnType<typeof bytes> => bytes(count * MIB);
const ones = parseGuid('{11111111-1111-1111-1111-111111111111}') ?? NIL_GUID;
const v115 = { from: '1.15', to: '1.15' } as const;
const v9 = { from: '9.0.30', to: '9.0.30' } as const;
const onlyOld = {
  input: { descriptor: dd },
  reason: 'NOT_IN_RELEASE',
  release: v9,
} as const;
const ambiguous = {
  input: { descriptor: dd, device: '/dev/ploop0' },
  reason: 'TARGET_AMBIGUOUS',
} as const;
const forms = [
  { input: { descriptor: dd }, argv: dd },
  { input: { device: '/dev/ploop0' }, argv: '-d /dev/ploop0' },
  { input: { mountPoint: '/mnt' }, argv: '-m /mnt' },
] as const satisfies readonly ArgvCase<object>[];
const unlocked = { input: { descriptor: dd, unlocked: true }, argv: `-f ${dd}` };

export const helpers: CasesOf<
  | 'balloonShow'
  | 'balloonStatus'
  | 'balloonClear'
  | 'balloonChange'
  | 'balloonComplete'
  | 'balloonCheck'
  | 'balloonRepair'
  | 'balloonDiscard'
  | 'balloonStat'
  | 'volumeCreate'
  | 'volumeClone'
  | 'volumeInfo'
  | 'volumeSnapshot'
  | 'volumeSwitch'
  | 'volumeTree'
  | 'volumeDelete'
  | 'cbtDump'
  | 'cbtDrop'
  | 'cbtShow'
  | 'cbtDiff'
  | 'cbtCmp'
> = {
  balloonShow: {
    argv: [...forms, unlocked],
    refused: [ambiguous],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: 'Current size of hidden balloon is 262144000 bytes\n',
        value: { size: mib(250) },
      },
      {
        of: '1.15, with a log line',
        input: { descriptor: dd },
        stdout: 'Opening delta /p/root.hdd\nCurrent size of hidden balloon is 0 bytes\n',
        value: { size: bytes(0) },
      },
      { of: 'none: silence', input: { descriptor: dd }, stdout: '' },
      {
        of: 'none: two answers',
        input: { descriptor: dd },
        stdout:
          'Current size of hidden balloon is 1 bytes\nCurrent size of hidden balloon is 2 bytes\n',
      },
      {
        of: 'none: no safe number',
        input: { descriptor: dd },
        stdout: 'Current size of hidden balloon is 99999999999999999 bytes\n',
      },
    ],
  },
  balloonStatus: {
    argv: [...forms, unlocked],
    refused: [ambiguous, onlyOld],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: 'Current state of in-kernel maintenance: OFF\n',
        value: { state: 'OFF' },
      },
      {
        of: 'none: an unknown state',
        input: { descriptor: dd },
        stdout: 'Current state of in-kernel maintenance: toString\n',
      },
    ],
  },
  balloonClear: { argv: [...forms], refused: [ambiguous, onlyOld], parses: [] },
  balloonChange: {
    argv: [
      { input: { descriptor: dd, size: mib(250) }, argv: `-s 512000 ${dd}` },
      { input: { mountPoint: '/mnt', size: bytes(0) }, argv: '-s 0 -m /mnt' },
      { input: { device: '/dev/ploop0', size: bytes(0) }, argv: '-s 0 -d /dev/ploop0' },
    ],
    refused: [
      { input: { descriptor: dd, size: bytes(1) }, reason: 'SIZE_INVALID' },
      { input: { descriptor: dd, size: bytes(Number.NaN) }, reason: 'SIZE_INVALID' },
    ],
    parses: [],
  },
  balloonComplete: { argv: [...forms], refused: [ambiguous, onlyOld], parses: [] },
  balloonCheck: {
    argv: [...forms, unlocked],
    refused: [ambiguous, onlyOld],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: 'Nothing to do: hidden balloon is empty\n',
        value: { freeClusters: 0 },
      },
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: 'Opening delta /p/root.hdd\nNo free blocks found\n',
        value: { freeClusters: 0 },
      },
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: 'Found 12 free blocks. Consider using "ploop-balloon repair"\n',
        value: { freeClusters: 12 },
      },
      { of: 'none: silence', input: { descriptor: dd }, stdout: '' },
    ],
  },
  balloonRepair: { argv: [...forms, unlocked], refused: [ambiguous, onlyOld], parses: [] },
  balloonDiscard: {
    argv: [
      ...forms,
      {
        input: {
          descriptor: dd,
          automount: true,
          toFree: mib(1),
          smallest: mib(2),
          defragment: 'too',
          threshold: 50,
        },
        argv: `--automount --to-free 2048 --min-block 4096 --defrag --image-defrag-threshold 50 ${dd}`,
      },
      { input: { descriptor: dd, defragment: 'only' }, argv: `--defrag-only ${dd}` },
    ],
    refused: [
      ambiguous,
      { input: { descriptor: dd, threshold: 101 }, reason: 'NUMBER_INVALID' },
      {
        input: { descriptor: dd, defragment: 'only' },
        reason: 'NOT_IN_RELEASE',
        release: v115,
      },
      { input: { descriptor: dd, threshold: 1 }, reason: 'NOT_IN_RELEASE', release: v115 },
      {
        input: { descriptor: dd, defragment: 'too' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '1.12', to: '1.12' },
      },
    ],
    parses: [],
  },
  balloonStat: {
    argv: [
      { input: { descriptor: dd }, argv: `--stat ${dd}` },
      { input: { device: '/dev/ploop0' }, argv: '--stat -d /dev/ploop0' },
    ],
    refused: [ambiguous],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout:
          'Balloon size:      250MB\nData size:         180MB\nPloop size:        262MB\nImage size:         42MB\n',
        value: { balloon: mib(250), data: mib(180), disk: mib(262), image: mib(42) },
      },
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout:
          'Balloon size:        0MB\nData size:    12345678MB\nPloop size:      10240MB\nImage size:        456MB\n',
        value: { balloon: bytes(0), data: mib(12345678), disk: mib(10240), image: mib(456) },
      },
      {
        of: 'none: a line missing',
        input: { descriptor: dd },
        stdout: 'Balloon size:        0MB\n',
      },
    ],
  },
  volumeCreate: {
    argv: [
      { input: { volume: '/v/a', size: mib(64) }, argv: '-s 131072 /v/a' },
      {
        input: {
          volume: '/v/a',
          size: mib(64),
          image: '/i/a',
          format: 'expanded',
          clusterSize: mib(1),
          fileSystem: 'ext4',
          label: 'l',
          keyId: 'k',
        },
        argv: '-s 131072 --image /i/a -b 2048 -f expanded -t ext4 -L l -k k /v/a',
      },
    ],
    refused: [
      { input: { volume: 'a', size: mib(64) }, reason: 'PATH_INVALID' },
      {
        input: { volume: '/v/a', size: mib(64), fileSystem: 'none', keyId: 'k' },
        reason: 'RELEASE_UNFIT',
      },
      { input: { volume: '/v/a', size: mib(64) }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [],
  },
  volumeClone: {
    argv: [
      { input: { source: '/v/a', target: '/v/b' }, argv: '/v/a /v/b' },
      { input: { source: '/v/a', target: '/v/b', image: '/i/b' }, argv: '--image /i/b /v/a /v/b' },
    ],
    refused: [
      { input: { source: '/v/a', target: '-b' }, reason: 'PATH_INVALID' },
      { input: { source: '/v/a', target: '/v/b' }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [],
  },
  volumeInfo: {
    argv: [{ input: { volume: '/v/a' }, argv: '/v/a' }],
    refused: [{ input: { volume: '/v/a' }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [
      {
        of: 'on one line',
        input: { volume: '/v/a' },
        stdout: '{ "size": 1073741824 }\n',
        value: { fileBytes: mib(1024) },
      },
      {
        of: '7.0.165, 8.0.75, 9.0.30',
        input: { volume: '/v/a' },
        stdout: '{\n  "size":3145728\n}\n',
        value: { fileBytes: mib(3) },
      },
      {
        of: 'pretty, after a log line',
        input: { volume: '/v/a' },
        stdout: 'Opening delta /v/a/root.hds\n{\n  "size": 1073741824\n}\n',
        value: { fileBytes: mib(1024) },
      },
      { of: 'none: no size', input: { volume: '/v/a' }, stdout: '{ "size": "1" }\n' },
      { of: 'none: no JSON', input: { volume: '/v/a' }, stdout: '{\n' },
      { of: 'none: silence', input: { volume: '/v/a' }, stdout: '' },
    ],
  },
  volumeSnapshot: {
    argv: [
      { input: { source: '/v/a', target: '/v/b' }, argv: '/v/a /v/b' },
      {
        input: { source: '/v/a', target: '/v/b', image: '/p/i' },
        argv: '--image /p/i /v/a /v/b',
      },
    ],
    refused: [
      { input: { source: '/v/a', target: '/v/b' }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [],
  },
  volumeSwitch: {
    argv: [{ input: { from: '/v/a', to: '/v/b' }, argv: '/v/a /v/b' }],
    refused: [{ input: { from: '/v/a', to: '/v/b' }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [],
  },
  volumeTree: {
    argv: [{ input: { volume: '/v/a' }, argv: '/v/a' }],
    refused: [{ input: { volume: '/v/a' }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [
      {
        of: '7.0.104, 8, 9',
        input: { volume: '/v/a' },
        stdout:
          '{\n  "path": "/v/a",\n  "children": [\n    {\n      "path": "/v/b"\n    }\n  ]\n}\n',
        value: { path: '/v/a', children: [{ path: '/v/b', children: [] }] },
      },
      {
        of: '7.0.165, 9.0.30: none continues from it',
        input: { volume: '/v/a' },
        stdout: '{\n  "path":"\\/v\\/a",\n  "children":[\n  ]\n}\n',
        value: { path: '/v/a', children: [] },
      },
      {
        of: 'none: a child without path',
        input: { volume: '/v/a' },
        stdout: '{"path":"/v/a","children":[{}]}\n',
      },
      {
        of: 'none: deeper than any chain',
        input: { volume: '/v/a' },
        stdout: `${'{"path":"/v","children":['.repeat(300)}${']}'.repeat(300)}\n`,
      },
    ],
  },
  volumeDelete: {
    argv: [{ input: { volume: '/v/a' }, argv: '/v/a' }],
    refused: [{ input: { volume: '/v/a' }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [],
  },
  cbtDump: {
    argv: [
      { input: { descriptor: dd, target: '/p/cbt' }, argv: `--dst /p/cbt ${dd}` },
      { input: { source: '/p/a', target: '/p/b' }, argv: '--src /p/a --dst /p/b' },
    ],
    refused: [
      { input: { descriptor: dd, target: '/p/cbt' }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [],
  },
  cbtDrop: {
    argv: [{ input: { descriptor: dd }, argv: dd }],
    refused: [{ input: { descriptor: dd }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [],
  },
  cbtShow: {
    argv: [
      { input: { descriptor: dd }, argv: dd },
      { input: { descriptor: dd, image: '/p/root.hdd' }, argv: `--image /p/root.hdd ${dd}` },
      { input: { image: '/p/root.hdd' }, argv: '--image /p/root.hdd' },
    ],
    refused: [{ input: { descriptor: dd }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [
      {
        of: '7.0.32, 8, 9',
        input: { descriptor: dd },
        stdout: `Size: 20480\nL1Size: 1\nuuid: ${ones}\nGranularity: 65536\n0\t1\n`,
        value: {
          size: 20480,
          granularity: 65536,
          guid: ones,
          report: ['Size: 20480', 'L1Size: 1', `uuid: ${ones}`, 'Granularity: 65536', '0\t1'],
        },
      },
      {
        of: '7.0.95',
        input: { descriptor: dd },
        stdout: `Opening delta /p/root.hdd\nSize: 32768\nL1Size: 0\nuuid: ${ones.slice(1, -1)}\nGranularity: 128\n`,
        value: {
          size: 32768,
          granularity: 128,
          guid: ones,
          report: [
            'Opening delta /p/root.hdd',
            'Size: 32768',
            'L1Size: 0',
            `uuid: ${ones.slice(1, -1)}`,
            'Granularity: 128',
          ],
        },
      },
      {
        of: '7.0.280: a volume without a bitmap',
        input: { descriptor: dd },
        stdout:
          'read /v/a/DiskDescriptor.xml\nread parent /v/s/DiskDescriptor.xml\nOpening delta /v/a/image.hds\n',
        value: undefined,
      },
      {
        of: '8.0.6, without a bitmap',
        input: { descriptor: dd },
        stdout: 'Opening delta /p/root.hdd\n',
        value: undefined,
      },
      { of: '9.0.30, without a bitmap', input: { descriptor: dd }, stdout: '', value: undefined },
      { of: 'none: no granularity', input: { descriptor: dd }, stdout: 'Size: 20480\n' },
    ],
  },
  cbtDiff: {
    argv: [
      { input: { one: '/p/a', other: '/p/b' }, argv: '/p/a /p/b' },
      { input: { one: '/p/a', other: '/p/b', output: '/p/c' }, argv: '-o /p/c /p/a /p/b' },
    ],
    refused: [
      {
        input: { one: '/p/a', other: '/p/b' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '7.0.95', to: '7.0.201' },
      },
    ],
    parses: [],
  },
  cbtCmp: {
    argv: [{ input: { one: '/p/a', other: '/p/b' }, argv: '/p/a /p/b' }],
    refused: [{ input: { one: '/p/a', other: '/p/b' }, reason: 'NOT_IN_RELEASE', release: v115 }],
    parses: [
      {
        of: '7.0.202, 8, 9: no difference',
        input: { one: '/p/a', other: '/p/b' },
        stdout: '',
        value: [],
      },
      {
        of: '7.0.202, 8, 9',
        input: { one: '/p/a', other: '/p/b' },
        stdout: 'differ off 4096 0 1\n',
        value: [{ offset: 4096, one: '0', other: '1' }],
      },
      { of: 'none: another line', input: { one: '/p/a', other: '/p/b' }, stdout: 'equal\n' },
    ],
  },
};
