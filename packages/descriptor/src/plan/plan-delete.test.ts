import { expect, test } from 'vitest';

import { diskOf, guidOf, summaryOf } from '../../test/tree.ts';
import type { DiskDescriptor } from '../model.ts';
import { harmOf } from './harm.ts';
import { planDelete } from './plan-delete.ts';

const CHAIN = 'a:f0<- b:f1<a T:f2<b';
const FORK = 'a:f0<- b:f1<a T:f2<a';
const MARKED = 'a*:f0<- b:f1<a T:f2<a';

test.each([
  [CHAIN, 'b', 'merged', 'a:f0<- T:f1<a', 'merge f2 f1, remove f2', ''],
  [CHAIN, 'a', 'merged', 'b:f0<- T:f2<b', 'merge f1 f0, remove f1', ''],
  [CHAIN, 'T', 'deleted', 'a:f0<- T:f1<a', 'remove f2', 'TOP_DISCARDED T'],
  [FORK, 'b', 'deleted', 'a:f0<- T:f2<a', 'remove f1', 'BRANCH_REMOVED b'],
  [FORK, 'a', 'marked-temporary', MARKED, '', 'MARKED_TEMPORARY a, SNAPSHOTS_BLOCKED a'],
  [
    MARKED,
    'b',
    'deleted',
    'T:f0<-',
    'remove f1, merge f2 f0, remove f2',
    'BRANCH_REMOVED b, TEMPORARY_MERGED a',
  ],
])('%s without %s: %s', (before, guid, outcome, after, actions, warnings) => {
  const plan = planDelete(diskOf(before), { guid: guidOf(guid) });
  expect(summaryOf(plan)).toEqual({ outcome, after, actions, warnings });
});

test.each([
  ['T:f0<-', 'T', 'BASE_IMAGE', 38],
  [CHAIN, 'c', 'SNAPSHOT_UNKNOWN', 43],
  [MARKED, 'a', 'ALREADY_TEMPORARY', 1],
  [MARKED, 'T', 'PARENT_IS_TEMPORARY', 38],
  [MARKED, 'TT', 'TOP_MISSPELLED', undefined],
  [FORK, 'T', 'TOP_WOULD_BE_SHARED', undefined],
  ['a:f0<- b:f1<c T:f2<a', 'b', 'DISK_DAMAGED', undefined],
  ['a:f0<- T*:f1<a', 'a', 'DESCRIPTOR_INVALID', 23],
  ['a:f0<- b:f1<a', 'a', 'DESCRIPTOR_INVALID', 23],
])('%s without %s is refused: %s', (before, guid, code, exitCode) => {
  const descriptor = diskOf(before);
  const plan = planDelete(descriptor, { guid: guidOf(guid) });
  expect(summaryOf(plan).outcome).toBe(`refused ${code}`);
  expect(plan.refusals[0]?.exitCodes['1.15']).toBe(exitCode);
  expect(plan.descriptor).toBe(descriptor);
});

test.each([
  ['b', '1.11', 'refused RAW_DELTA_MERGE'],
  ['a', '1.11', 'merged'],
  ['b', '1.12', 'merged'],
] as const)('a raw disk without %s in release %s: %s', (guid, release, outcome) => {
  const descriptor = { ...diskOf(CHAIN), mode: 'raw' as const };
  const plan = planDelete(descriptor, { guid: guidOf(guid) }, { release });
  expect(summaryOf(plan).outcome).toBe(outcome);
  if (plan.outcome === 'refused') expect(plan.descriptor).toBe(descriptor);
});

const raw = (text: string): DiskDescriptor => ({ ...diskOf(text), mode: 'raw' });

test.each([
  // The base is left marked, alone or beside another one that is to be merged away.
  ['a*:f0<- b:f1<a T:f2<a', '7.0.280', 'deleted'],
  ['a*:f0<- b:f1<a T:f2<a', '9.0.30', 'deleted'],
  ['a*:f0<- b:f1<a c*:f2<a T:f3<c', '7.0.280', 'deleted'],
  ['a*:f0<- b:f1<a c*:f2<a T:f3<c', '8.0.14', 'deleted'],
  ['a*:f0<- b:f1<a c*:f2<a T:f3<c', '8.0.15', 'refused TEMPORARY_UNMERGEABLE'],
  ['a*:f0<- b:f1<a c*:f2<a T:f3<c', '9.0.30', 'refused TEMPORARY_UNMERGEABLE'],
] as const)('a raw disk %s without b in release %s: %s', (before, release, outcome) => {
  const disk = raw(before);
  const plan = planDelete(disk, { guid: guidOf('b') }, { release });
  expect(summaryOf(plan).outcome).toBe(outcome);
  expect(harmOf(plan, disk) !== undefined).toBe(plan.outcome === 'refused');
});

test('what is stuck keeps those after it', () => {
  // a has two children, c none.
  const before = 'a*:f0<- b:f1<a c*:f3<a d:f4<c T:f2<b';
  const after = 'a*:f0<- b:f1<a c*:f3<a T:f2<b';
  expect(summaryOf(planDelete(diskOf(before), { guid: guidOf('d') })).after).toBe(after);
});

test('releases differ', () => {
  const unknown = planDelete(diskOf(CHAIN), { guid: guidOf('c') }, { release: '1.12' });
  expect(unknown.refusals[0]?.exitCodes['1.12']).toBe(38);
  const later = planDelete(
    diskOf('a:f0<- c:f3<a b:f1<a T:f2<b'),
    { guid: guidOf('b') },
    { release: '9' },
  );
  expect(summaryOf(later).after).toBe('a:f0<- c:f3<a T:f1<a');
  expect(later.descriptor.root).toBe('Virtuozzo_disk_image');
});

test('a GUID may lack braces, and be none', () => {
  const bare = planDelete(diskOf(CHAIN), { guid: guidOf('b').slice(1, -1) });
  expect(bare.outcome).toBe('merged');
  expect(summaryOf(planDelete(diskOf(CHAIN), { guid: 'b' })).outcome).toBe('refused GUID_INVALID');
});
