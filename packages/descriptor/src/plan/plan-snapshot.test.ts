import { expect, test } from 'vitest';

import { diskOf, guidOf, summaryOf } from '../../test/tree.ts';
import { parseGuid } from '../guid.ts';
import type { PlanRelease } from '../releases/release.ts';
import { planSnapshot } from './plan-snapshot.ts';

const fileGuid = guidOf('f');

test.each<[string, string, PlanRelease, string, string, string]>([
  ['T:f0<-', 'a', '1.15', 'created', 'a:f0<- T:f0.f<a', 'create f0.f'],
  ['T:f0<-', 'A', '1.15', 'created', 'A:f0<- T:f0.f<A', 'create f0.f'],
  ['a:f0<- T:f1<a', 'b', '1.15', 'created', 'a:f0<- b:f1<a T:f0.f<b', 'create f0.f'],
  ['a:x.{1<- T:f1<a', 'b', '1.15', 'created', 'a:x.{1<- b:f1<a T:x.{1.f<b', 'create x.{1.f'],
  ['a:x.{1<- T:f1<a', 'b', '9', 'created', 'a:x.{1<- b:f1<a T:x.f<b', 'create x.f'],
  [
    'a*:f0<- b:f1<a T:f2<b',
    'c',
    '1.15',
    'created',
    'b:f0<- c:f2<b T:f0.f<c',
    'merge f1 f0, remove f1, create f0.f',
  ],
])('%s and %s in release %s: %s', (before, guid, release, outcome, after, actions) => {
  const plan = planSnapshot(diskOf(before), { guid: guidOf(guid), fileGuid }, { release });
  expect(summaryOf(plan)).toMatchObject({ outcome, after, actions });
});

test.each([
  ['T:f0<-', 'TT', 'GUID_TAKEN', 38],
  ['a:f0<- T:f1<a', 'A', 'GUID_TAKEN', 38],
  ['T:f0<-', '-', 'GUID_RESERVED', undefined],
  ['a*:f0<- b:f1<a T:f2<a', 'c', 'TEMPORARY_STUCK', 1],
])('%s and %s is refused: %s', (before, guid, code, exitCode) => {
  const plan = planSnapshot(diskOf(before), { guid: guidOf(guid) });
  expect(summaryOf(plan).outcome).toBe(`refused ${code}`);
  expect(plan.refusals[0]?.exitCodes['1.15']).toBe(exitCode);
});

test('what was merged before it is refused stays merged', () => {
  const before = 'a:f0<- b*:f1<a c:f2<b d*:f3<c e:f4<d T:f5<d';
  expect(summaryOf(planSnapshot(diskOf(before), { guid: guidOf('f') }))).toEqual({
    outcome: 'refused TEMPORARY_STUCK',
    after: 'a:f0<- c:f1<a d*:f3<c e:f4<d T:f5<d',
    actions: 'merge f2 f1, remove f2',
    warnings: 'TEMPORARY_MERGED b',
  });
});

test('a stuck temporary snapshot is left where it is on a mounted disk', () => {
  const disk = diskOf('a*:f0<- b:f1<a d*:f3<b e:f4<d T:f2<a');
  const plan = planSnapshot(disk, { guid: guidOf('c'), fileGuid, isMounted: true });
  expect(summaryOf(plan)).toMatchObject({
    outcome: 'created',
    after: 'a*:f0<- b:f1<a e:f3<b c:f2<a T:f0.f<c',
  });
  const former = { release: '1.12' } as const;
  expect(planSnapshot(disk, { guid: guidOf('c'), isMounted: true }, former).outcome).toBe(
    'refused',
  );
});

test('releases 7 and 9 do not mind a stuck temporary snapshot', () => {
  const disk = diskOf('a*:f0<- b:f1<a T:f2<a');
  expect(planSnapshot(disk, { guid: guidOf('c') }, { release: '7' }).outcome).toBe('created');
});

test('release 1.11 loses a temporary delta of a raw disk, which it merges into', () => {
  const disk = { ...diskOf('a:f0<- b*:f1<a T:f2<b'), mode: 'raw' as const };
  const outcomeIn = (release: '1.11' | '1.12'): string =>
    summaryOf(planSnapshot(disk, { guid: guidOf('c') }, { release })).outcome;
  expect(outcomeIn('1.11')).toBe('refused RAW_DELTA_MERGE');
  expect(outcomeIn('1.12')).toBe('created');
});

test('a chain has at most 127 images', () => {
  const guids = Array.from({ length: 127 }, (_, index) =>
    parseGuid(`{00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}}`),
  ).flatMap((guid) => guid ?? []);
  let disk = diskOf('T:f0<-');
  for (const guid of guids.slice(0, 126)) {
    const plan = planSnapshot(disk, { guid, fileGuid: guid });
    expect(plan.outcome).toBe('created');
    disk = plan.descriptor;
  }
  const last = planSnapshot(disk, { guid: guids[126] });
  expect(last.refusals[0]?.code).toBe('CHAIN_FULL');
});

test('GUIDs are random where none is given, and can be had from elsewhere', () => {
  const [one, other] = [planSnapshot(diskOf('T:f0<-')), planSnapshot(diskOf('T:f0<-'))];
  expect(one.descriptor).not.toEqual(other.descriptor);
  const plan = planSnapshot(diskOf('T:f0<-'), {}, { randomGuid: () => guidOf('e') });
  expect(summaryOf(plan).after).toBe('e:f0<- T:f0.e<e');
});

test('the old format is refused by old releases and converted by new ones', () => {
  const disk = diskOf('a:f0<- b:f1<a', guidOf('b'));
  const guid = guidOf('c');
  expect(summaryOf(planSnapshot(disk, { guid })).outcome).toBe('refused OLD_FORMAT');
  expect(summaryOf(planSnapshot(disk, { guid, fileGuid }, { release: '9' }))).toMatchObject({
    after: 'a:f0<- c:f1<a T:f0.f<c',
    warnings: 'CONVERTED b',
  });
});
