import { expect, test } from 'vitest';

import { diskOf, guidOf, summaryOf } from '../../test/tree.ts';
import type { PlanRelease, ReleaseName } from '../releases/release.ts';
import { harmOf } from './harm.ts';
import { planMerge, type PlanMergeInput } from './plan-merge.ts';

const CHAIN = 'a:f0<- b:f1<a c:f2<b T:f3<c';
const FORK = 'a:f0<- b:f1<a c:f2<a T:f3<c';
const ALL = { all: true } as const;
const INTO = { ...ALL, newFile: 'new' } as const;
const one = (name: string): PlanMergeInput => ({ guid: guidOf(name) });
const range = (name: string, ancestor: string): PlanMergeInput => ({
  guid: guidOf(name),
  ancestor: guidOf(ancestor),
});

const ALL_ACTIONS = 'merge f1 f0, merge f2 f0, merge f3 f0, remove f3, remove f2, remove f1';
const STEPS = 'merge f3 f2, remove f3, merge f2 f1, remove f2, merge f1 f0, remove f1';

test.each<[string, PlanMergeInput, PlanRelease, string, string]>([
  [CHAIN, {}, '1.15', 'a:f0<- b:f1<a T:f2<b', 'merge f3 f2, remove f3'],
  [CHAIN, one('b'), '1.15', 'b:f0<- c:f2<b T:f3<c', 'merge f1 f0, remove f1'],
  [CHAIN, one('B'), '1.15', 'B:f0<- c:f2<b T:f3<c', 'merge f1 f0, remove f1'],
  [FORK, {}, '1.15', 'a:f0<- b:f1<a T:f2<a', 'merge f3 f2, remove f3'],
  [
    CHAIN,
    range('c', 'a'),
    '1.15',
    'c:f0<- T:f3<c',
    'merge f1 f0, merge f2 f0, remove f2, remove f1',
  ],
  [CHAIN, ALL, '1.15', 'T:f0<-', ALL_ACTIONS],
  [CHAIN, ALL, '1.12', 'T:f0<-', STEPS],
  [CHAIN, ALL, '7', 'T:f0<-', STEPS],
  [CHAIN, ALL, '9', 'T:f0<-', STEPS],
  ['a:f0<- c:f2<- b:f1<a T:f3<b', one('b'), '9', 'c:f2<- b:f0<- T:f3<b', 'merge f1 f0, remove f1'],
])('%s, %o in release %s', (before, input, release, after, actions) => {
  const plan = planMerge(diskOf(before), input, { release });
  expect(summaryOf(plan)).toMatchObject({ outcome: 'merged', after, actions });
});

test.each<[string, PlanMergeInput, PlanRelease, string, number | undefined]>([
  ['T:f0<-', {}, '1.15', 'NO_PARENT', 38],
  ['T:f0<-', ALL, '1.15', 'NO_PARENT', 38],
  [CHAIN, one('d'), '1.15', 'SNAPSHOT_UNKNOWN', 38],
  [FORK, one('b'), '1.15', 'PARENT_IS_SHARED', 38],
  [FORK, ALL, '1.15', 'PARENT_IS_SHARED', 38],
  [CHAIN, range('a', 'c'), '1.15', 'NOT_AN_ANCESTOR', 38],
  [CHAIN, range('c', 'B'), '1.15', 'ANCESTOR_MISSPELLED', undefined],
  [CHAIN, range('c', 'a'), '7', 'RANGE_UNSUPPORTED', 38],
])('%s, %o in release %s is refused: %s', (before, input, release, code, exitCode) => {
  const descriptor = diskOf(before);
  const plan = planMerge(descriptor, input, { release });
  expect(summaryOf(plan).outcome).toBe(`refused ${code}`);
  expect(plan.refusals[0]?.exitCodes[release]).toBe(exitCode);
  expect(plan.descriptor).toBe(descriptor);
});

test.each<[string, PlanMergeInput, ReleaseName, string, number | undefined]>([
  ['-U is not an option', range('c', 'a'), '8.0.6', 'RANGE_UNSUPPORTED', 38],
  ['-n is not an option', { newFile: 'new' }, '1.12.2', 'NEW_FILE_UNSUPPORTED', 38],
  ['one level is merged', ALL, '8.0.30', 'MERGE_ALL_PARTIAL', undefined],
  ['the new file is missing', { ...ALL, newFile: 'new' }, '8.0.30', 'NEW_FILE_UNSUPPORTED', 4],
  ['the new file is missing', { ...ALL, newFile: 'new' }, '9.0.2', 'NEW_FILE_UNSUPPORTED', 4],
  ['snapshots are lost', { ...ALL, newFile: 'new' }, '9.0.4', 'NEW_FILE_UNSUPPORTED', 4],
])('%s: %o in release %s', (_, input, release, code, exitCode) => {
  const [refusal] = planMerge(diskOf(CHAIN), input, { release }).refusals;
  expect(refusal).toMatchObject({ code });
  expect(refusal?.exitCode).toBe(exitCode);
});

test('a merge of all into a new file that fails leaves a mark on the parent of the top', () => {
  const input = { ...ALL, newFile: 'new' };
  const plan = planMerge(diskOf(CHAIN), input, { release: '8.0.30' });
  expect(summaryOf(plan).after).toBe('a:f0<- b:f1<a c*:f2<b T:f3<c');
});

// The disks of these rows, what became of them and the exit codes were recorded with 9.0.6, 9.0.12 and 9.0.30.
test.each<[string, PlanMergeInput, number, string, string]>([
  [CHAIN, INTO, 4, 'a*:f0<- T:f1<a', ''],
  ['a:f0<- T:f1<a', INTO, 4, 'a*:f0<- T:f1<a', ''],
  ['a:f0<- b:f1<a T:f2<b', INTO, 4, 'a*:f0<- T:f1<a', ''],
  ['a:f0<- b:f1<a T:f2<a', ALL, 38, 'a:f0<- b:f1<a T:f2<a', ''],
  [
    'a*:f0<- b:f1<a c:f2<a d:f3<c T:f4<d',
    ALL,
    38,
    'a*:f0<- b:f1<a T:f2<a',
    'merge f4 f3, remove f4, merge f3 f2, remove f3',
  ],
])('from 9.0.4 on, all of %s with %o exits with %s', (disk, input, exitCode, after, actions) => {
  const before = diskOf(disk);
  const plan = planMerge(before, input, { release: '9.0.4' });
  expect(plan.refusals[0]?.exitCode).toBe(exitCode);
  expect(summaryOf(plan)).toMatchObject({ after, actions });
  expect(harmOf(plan, before) !== undefined).toBe(after !== disk);
});

test('a branched raw disk is merged except for its base by releases from 9.0.4 on', () => {
  const text = 'a*:f0<- b:f1<a c:f2<b d:f3<c e:f4<c T:f5<e';
  const before = { ...diskOf(text), mode: 'raw' as const };
  const plan = planMerge(before, ALL, { release: '9.0.30' });
  expect(plan.refusals).toMatchObject([{ code: 'RAW_BASE_MERGE', exitCode: 11 }]);
  expect(summaryOf(plan)).toMatchObject({
    after: 'a*:f0<- c:f1<a d:f3<c T:f4<c',
    actions: 'merge f5 f4, remove f5, merge f2 f1, remove f2',
  });
  expect(harmOf(plan, before)).toMatchObject({ code: 'RAW_BASE_MERGE' });
});

test('branches that are merged along with exit code 0 are refused without one', () => {
  const before = diskOf('a:f0<- b:f1<a c:f2<b d:f3<b T:f4<d');
  const plan = planMerge(before, ALL, { release: '9.0.4' });
  expect(plan.refusals).toMatchObject([{ code: 'MERGE_ALL_BRANCHED', exitCode: undefined }]);
  expect(plan.descriptor).toBe(before);
});

test.each<[string, ReleaseName, string, number | undefined]>([
  [FORK, '8.0.30', 'MERGE_ALL_PARTIAL', undefined],
  ['a:f0<- b:f1<a T:f2<a', '8.0.30', 'PARENT_IS_SHARED', 38],
  ['a:f0<- b:f1<a T:f2<a', '9.0.2', 'PARENT_IS_SHARED', 38],
  ['a:f0<- b:f1<a T:f2<a', '9.0.4', 'MERGE_ALL_BRANCHED', 38],
])('all of %s in release %s: %s', (disk, release, code, exitCode) => {
  const [refusal] = planMerge(diskOf(disk), ALL, { release }).refusals;
  expect(refusal).toMatchObject({ code });
  expect(refusal?.exitCode).toBe(exitCode);
});

test.each<[PlanMergeInput, ReleaseName, string]>([
  [{}, '1.11', 'refused RAW_DELTA_MERGE'],
  [ALL, '1.11', 'refused RAW_DELTA_MERGE'],
  [one('c'), '1.11', 'refused RAW_DELTA_MERGE'],
  [one('b'), '1.11', 'merged'],
  [{}, '1.12.0', 'refused RAW_DELTA_MERGE'],
  [{}, '1.12.1', 'refused RAW_DELTA_MERGE'],
  [{}, '1.12.2', 'merged'],
  [ALL, '1.12', 'merged'],
])('a raw disk, %o in release %s: %s', (input, release, outcome) => {
  const descriptor = { ...diskOf(CHAIN), mode: 'raw' as const };
  const plan = planMerge(descriptor, input, { release });
  expect(summaryOf(plan).outcome).toBe(outcome);
  expect(plan.refusals[0]?.exitCode).toBeUndefined();
  if (plan.outcome === 'refused') expect(plan.descriptor).toBe(descriptor);
});

test('a refusal of some releases has the exit codes of those alone', () => {
  const raw = diskOf('a:f0<- T:f1<a');
  const descriptor = { ...raw, mode: 'raw' as const };
  const [refusal] = planMerge(descriptor, {}, { release: '8.0.30' }).refusals;
  expect(refusal).toMatchObject({ code: 'RAW_BASE_MERGE', exitCode: 11 });
  expect(refusal?.exitCodes).toEqual({ '8.0.30': 11, '9': 11 });
});

test('releases 1.12 and 7 merge up to the fork before they refuse', () => {
  expect(summaryOf(planMerge(diskOf(FORK), ALL, { release: '1.12' }))).toEqual({
    outcome: 'refused PARENT_IS_SHARED',
    after: 'a:f0<- b:f1<a T:f2<a',
    actions: 'merge f3 f2, remove f3',
    warnings: 'STATE_LOST c',
  });
});

test('the states that are lost are named, and marks that may stay', () => {
  expect(summaryOf(planMerge(diskOf(CHAIN), range('c', 'a'))).warnings).toBe('STATE_LOST a b');
  const { warnings } = summaryOf(planMerge(diskOf(CHAIN), {}, { release: '7' }));
  expect(warnings).toBe('STATE_LOST c, MERGE_MARKS_PARENT c');
});

test('the old format is converted, unless the top cannot get its GUID', () => {
  const disk = diskOf('a:f0<- b:f1<a c:f2<b', guidOf('c'));
  expect(summaryOf(planMerge(disk))).toMatchObject({
    after: 'a:f0<- T:f1<a',
    warnings: 'CONVERTED c, STATE_LOST b',
  });
  const taken = diskOf('T:f0<- b:f1<T c:f2<b', guidOf('c'));
  expect(planMerge(taken).refusals).toMatchObject([
    { code: 'TOP_GUID_TAKEN', exitCodes: { '1.15': 255 } },
  ]);
});

test('the bare disk at the base of a raw one is merged into no new file', () => {
  const raw = { ...diskOf(CHAIN), mode: 'raw' } as const;
  const plan = planMerge(raw, { ...ALL, newFile: 'n' });
  expect(plan).toMatchObject({ outcome: 'refused', refusals: [{ code: 'RAW_BASE' }] });
  expect(plan.refusals[0]?.exitCodes['1.15']).toBe(4);
  expect(planMerge(raw, { ...range('T', 'b'), newFile: 'n' }).outcome).toBe('merged');
  expect(planMerge(raw, ALL).outcome).toBe('merged');
});
