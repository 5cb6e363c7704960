import { NIL_GUID, parseGuid, TOP_GUID, type Guid } from '@ploop/descriptor';

import { dd, type CasesOf } from './case.ts';

const ones = parseGuid('{11111111-1111-1111-1111-111111111111}') ?? NIL_GUID;
const twos = parseGuid('{22222222-2222-2222-2222-222222222222}') ?? NIL_GUID;
const upperTop = parseGuid(TOP_GUID.toUpperCase()) ?? NIL_GUID;
const v115 = { from: '1.15', to: '1.15' } as const;
const v7 = { from: '7.0.280', to: '7.0.280' } as const;
const notAGuid = '-u' as Guid;

const MARKED = `Warning: Unable to delete snapshot ${ones} as there are 2 references to it; marking it as temporary instead\nStoring /p/DiskDescriptor.xml\n`;

export const snapshots: CasesOf<
  'snapshot' | 'snapshotDelete' | 'snapshotList' | 'snapshotMerge' | 'snapshotSwitch'
> = {
  snapshot: {
    argv: [
      { input: { descriptor: dd }, argv: dd },
      {
        input: { descriptor: dd, guid: ones, trackingGuid: twos, offline: true },
        argv: `-o -b ${twos.slice(1, -1)} -u ${ones} ${dd}`,
        release: v7,
      },
    ],
    refused: [
      { input: { descriptor: 'DiskDescriptor.xml' }, reason: 'PATH_INVALID' },
      { input: { descriptor: dd, guid: notAGuid }, reason: 'GUID_INVALID' },
      { input: { descriptor: dd, guid: NIL_GUID }, reason: 'GUID_INVALID' },
      { input: { descriptor: dd, guid: upperTop }, reason: 'GUID_INVALID' },
      { input: { descriptor: '/p/\ufffd/DiskDescriptor.xml' }, reason: 'PATH_INVALID' },
      { input: { descriptor: dd, offline: true }, reason: 'NOT_IN_RELEASE', release: v115 },
      { input: { descriptor: dd, trackingGuid: ones }, reason: 'NOT_IN_RELEASE', release: v115 },
    ],
    parses: [
      {
        of: '1.15',
        input: { descriptor: dd },
        stdout: `Opening delta /p/root.hdd
Adding snapshot {5fbaabe3-6958-40ff-92a7-860e329aab41}
Storing /p/DiskDescriptor.xml.tmp
Creating delta /p/root.hdd.{35ecb42f-3381-430a-a275-5fb7cfb08612} bs=2048 size=204800 sectors v1
ploop snapshot {11111111-1111-1111-1111-111111111111} has been successfully created
`,
        value: { guid: ones },
      },
      {
        of: '7.0.280',
        input: { descriptor: dd },
        stdout: `Opening delta /p/root.hdd
Storing /p/DiskDescriptor.xml.tmp
Move CBT /p/root.hdd -> /p/root.hdd.{35ecb42f-3381-430a-a275-5fb7cfb08612}
Opening delta /p/root.hdd
ploop snapshot {11111111-1111-1111-1111-111111111111} has been successfully created
`,
        value: { guid: ones },
      },
      {
        of: '1.15 at verbosity 4',
        input: { descriptor: dd },
        stdout:
          '[ 0.122875] ploop snapshot {11111111-1111-1111-1111-111111111111} has been successfully created\n',
        value: { guid: ones },
      },
      { of: 'none: no GUID', input: { descriptor: dd }, stdout: 'done\n' },
    ],
  },
  snapshotDelete: {
    argv: [
      { input: { descriptor: dd, guid: ones }, argv: `-u ${ones} ${dd}` },
      {
        input: { descriptor: dd, guid: TOP_GUID, discardTop: true },
        argv: `-u ${TOP_GUID} ${dd}`,
      },
    ],
    refused: [
      { input: { descriptor: dd, guid: notAGuid }, reason: 'GUID_INVALID' },
      { input: { descriptor: dd, guid: TOP_GUID }, reason: 'SNAPSHOT_IS_TOP' },
      { input: { descriptor: dd, guid: upperTop }, reason: 'SNAPSHOT_IS_TOP' },
    ],
    parses: [
      {
        of: '1.15: two children',
        input: { descriptor: dd, guid: ones },
        stdout: MARKED,
        value: { markedTemporary: true },
      },
      {
        of: '1.15: one child',
        input: { descriptor: dd, guid: ones },
        stdout:
          'Offline snapshot merge {5fbaabe3-6958-40ff-92a7-860e329aab41} -> {11111111-1111-1111-1111-111111111111}\nploop snapshot has been successfully merged\n',
        value: { markedTemporary: false },
      },
      {
        of: '7.0.280: one child',
        input: { descriptor: dd, guid: ones },
        stdout:
          'Removing /p/root.hdd.{55043a1f-28bf-4f69-8ef9-b26f255dd02d}\nploop snapshot merged\n',
        value: { markedTemporary: false },
      },
    ],
  },
  snapshotList: {
    argv: [
      { input: { descriptor: dd }, argv: `-H -o uuid,parent_uuid,current,fname ${dd}` },
      {
        input: { descriptor: dd, guid: ones, snapshotsOnly: true },
        argv: `-H -o uuid,parent_uuid,current,fname -s -u ${ones} ${dd}`,
      },
    ],
    refused: [{ input: { descriptor: dd, guid: notAGuid }, reason: 'GUID_INVALID' }],
    parses: [
      {
        of: '1.15, 7.0.280, 9.0.30',
        input: { descriptor: dd },
        stdout: `{11111111-1111-1111-1111-111111111111} {00000000-0000-0000-0000-000000000000}   /p/root.hdd
{5fbaabe3-6958-40ff-92a7-860e329aab41} {11111111-1111-1111-1111-111111111111} * /p/root.hdd.{da4f2e4e-1d50-4f6b-b351-43f9f3b3e8fd}
`,
        value: [
          { guid: ones, parentGuid: NIL_GUID, current: false, file: '/p/root.hdd' },
          {
            guid: TOP_GUID,
            parentGuid: ones,
            current: true,
            file: '/p/root.hdd.{da4f2e4e-1d50-4f6b-b351-43f9f3b3e8fd}',
          },
        ],
      },
      {
        of: '1.15 with -s: no snapshots',
        input: { descriptor: dd, snapshotsOnly: true },
        stdout: '',
        value: [],
      },
      { of: 'none: silence', input: { descriptor: dd }, stdout: '' },
      { of: 'none: columns missing', input: { descriptor: dd }, stdout: `${ones} /p/root.hdd\n` },
    ],
  },
  snapshotMerge: {
    argv: [
      { input: { descriptor: dd }, argv: dd },
      { input: { descriptor: dd, guid: ones }, argv: `-u ${ones} ${dd}` },
      { input: { descriptor: dd, all: true }, argv: `-A ${dd}` },
      {
        input: { descriptor: dd, all: true, into: '/p/new' },
        argv: `-A -n /p/new ${dd}`,
        release: v115,
      },
      {
        input: { descriptor: dd, guid: twos, ancestor: ones },
        argv: `-u ${twos} -U ${ones} ${dd}`,
        release: v115,
      },
      { input: { descriptor: dd, into: '/p/new' }, argv: `-n /p/new ${dd}`, release: v7 },
    ],
    refused: [
      { input: { descriptor: dd, guid: ones, all: true }, reason: 'TARGET_AMBIGUOUS' },
      { input: { descriptor: dd, ancestor: ones }, reason: 'TARGET_AMBIGUOUS' },
      {
        input: { descriptor: dd, guid: twos, ancestor: ones },
        reason: 'NOT_IN_RELEASE',
        release: v7,
      },
      { input: { descriptor: dd, into: '/p/new' }, reason: 'NOT_IN_RELEASE', release: v115 },
      { input: { descriptor: dd, into: '/p/new' }, reason: 'NOT_IN_RELEASE' },
      {
        input: { descriptor: dd, all: true, into: '/p/new' },
        reason: 'NOT_IN_RELEASE',
        release: { from: '9.0.12' },
      },
      { input: { descriptor: dd, guid: notAGuid }, reason: 'GUID_INVALID' },
    ],
    parses: [],
  },
  snapshotSwitch: {
    argv: [{ input: { descriptor: dd, guid: ones }, argv: `-u ${ones} ${dd}` }],
    refused: [
      { input: { descriptor: dd, guid: notAGuid }, reason: 'GUID_INVALID' },
      { input: { descriptor: dd, guid: upperTop }, reason: 'SNAPSHOT_IS_TOP' },
    ],
    parses: [],
  },
};
