import { NIL_GUID, parseGuid, TOP_GUID } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import { check } from './check.ts';
import { snapshotDelete } from './snapshot-delete.ts';
import { snapshotMerge } from './snapshot-merge.ts';
import { snapshotSwitch } from './snapshot-switch.ts';
import { snapshot } from './snapshot.ts';

const descriptor = '/vz/a b/DiskDescriptor.xml';
const guid = parseGuid('{11111111-1111-1111-1111-111111111111}') ?? NIL_GUID;

test.each([
  ['snapshot', snapshot.argv({ descriptor }), [descriptor]],
  ['snapshot of a GUID', snapshot.argv({ descriptor, guid }), ['-u', guid, descriptor]],
  ['switch', snapshotSwitch.argv({ descriptor, guid }), ['-u', guid, descriptor]],
  ['delete', snapshotDelete.argv({ descriptor, guid }), ['-u', guid, descriptor]],
  ['merge', snapshotMerge.argv({ descriptor }), [descriptor]],
  ['merge of a GUID', snapshotMerge.argv({ descriptor, guid }), ['-u', guid, descriptor]],
  ['check', check.argv({ descriptor }), [descriptor]],
  ['check of a GUID', check.argv({ descriptor, guid }), ['-u', guid, descriptor]],
])('%s', (_name, argv, expected) => {
  expect(argv).toEqual(expected);
});

test('a descriptor is reported by its name', () => {
  expect(() => snapshot.argv({ descriptor: '/vz/root.hdd' })).toThrow(
    expect.objectContaining({ reason: 'PATH_INVALID' }),
  );
});

const CREATED = `Opening delta /p/root.hdd
Storing /p/DiskDescriptor.xml.tmp
Creating delta /p/root.hdd.{118529b6-2bcf-4919-b9df-9b9b1a86e4e0} bs=2048 size=131072 sectors v1
ploop snapshot {1ffcde7c-c720-4743-abd5-cd4d3c4af87a} has been successfully created
`;
test('a snapshot tells its GUID', () => {
  expect(snapshot.parse(CREATED, { descriptor })).toEqual({
    value: { guid: '{1ffcde7c-c720-4743-abd5-cd4d3c4af87a}' },
  });
  expect(snapshot.parse('', { descriptor, guid })).toEqual({ value: { guid } });
  expect(snapshot.parse('done', { descriptor })).toHaveProperty('expected');
});

test('a delete tells whether it only marked', () => {
  const marked = `Warning: Unable to delete snapshot ${guid} as there are 2 references to it; marking it as temporary instead\nStoring /p/DiskDescriptor.xml\n`;
  const input = { descriptor, guid };
  expect(snapshotDelete.parse(marked, input)).toEqual({ value: { markedTemporary: true } });
  expect(snapshotDelete.parse('Removing /p/x\n', input)).toEqual({
    value: { markedTemporary: false },
  });
});

test('a check gives its lines', () => {
  expect(check.parse('Image is clean, check is skipped\n', { descriptor })).toEqual({
    value: { report: ['Image is clean, check is skipped'] },
  });
  expect(check.parse('', { descriptor })).toEqual({ value: { report: [] } });
});

test('what destroys a disk is refused: the top in another spelling, and its deletion by accident', () => {
  const upper = parseGuid(TOP_GUID.toUpperCase()) ?? NIL_GUID;
  const refused = expect.objectContaining({ reason: 'SNAPSHOT_IS_TOP' }) as Error;
  expect(() => snapshotSwitch.argv({ descriptor, guid: upper })).toThrow(refused);
  expect(() => snapshotDelete.argv({ descriptor, guid: TOP_GUID })).toThrow(refused);
  expect(() => snapshotDelete.argv({ descriptor, guid: upper })).toThrow(refused);
  expect(snapshotDelete.argv({ descriptor, guid: TOP_GUID, discardTop: true })).toContain(TOP_GUID);
});

test.each([
  ['a merge into the top', { descriptor, guid }, '7.0.20', 'DISK_DAMAGED'],
  ['all into a file', { descriptor, all: true, into: '/p/new' }, '7.0.280', 'RELEASE_UNFIT'],
] as const)('%s is refused before the start', async (_name, input, version, reason) => {
  const isIntoTop = 'guid' in input;
  const other = parseGuid('{22222222-2222-2222-2222-222222222222}') ?? NIL_GUID;
  const shots = [
    { guid: other, parentGuid: NIL_GUID, current: false, file: '/p/a' },
    { guid: TOP_GUID, parentGuid: isIntoTop ? other : guid, current: true, file: '/p/b' },
    { guid, parentGuid: isIntoTop ? TOP_GUID : other, current: false, file: '/p/c' },
  ];
  const refusal = snapshotMerge.guard?.(input, {
    release: () => Promise.resolve({ from: version, to: version }),
    look: () => Promise.resolve('missing'),
    see: () => Promise.resolve('unreadable'),
    ask: () => Promise.resolve(undefined),
    run: ({ name }) => Promise.resolve((name === 'list' ? [] : shots) as never),
  });
  await expect(refusal).rejects.toMatchObject({ code: 'REFUSED', reason });
});
