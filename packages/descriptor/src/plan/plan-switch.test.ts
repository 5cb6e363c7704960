import { expect, test } from 'vitest';

import { diskOf, guidOf, summaryOf } from '../../test/tree.ts';
import { planSwitch } from './plan-switch.ts';

const CHAIN = 'a:f0<- b:f1<a T:f2<b';
const fileGuid = guidOf('f');

test('the top goes and a new one continues from the target, as it is spelled', () => {
  expect(summaryOf(planSwitch(diskOf(CHAIN), { guid: guidOf('A'), fileGuid }))).toEqual({
    outcome: 'switched',
    after: 'a:f0<- b:f1<a T:f0.f<A',
    actions: 'create f0.f, remove f2',
    warnings: 'TOP_DISCARDED T, SIZE_OF_TARGET a',
  });
});

test.each([
  [CHAIN, 'T', 'ALREADY_ON_TOP', 38],
  [CHAIN, 'TT', 'TOP_MISSPELLED', undefined],
  [CHAIN, 'c', 'SNAPSHOT_UNKNOWN', 38],
  ['a*:f0<- b:f1<a T:f2<a', 'a', 'TARGET_IS_TEMPORARY', 38],
  ['a:f0<- T:f2<-', 'a', 'BASE_IMAGE', 38],
])('%s to %s is refused: %s', (before, guid, code, exitCode) => {
  const plan = planSwitch(diskOf(before), { guid: guidOf(guid) });
  expect(summaryOf(plan).outcome).toBe(`refused ${code}`);
  expect(plan.refusals[0]?.exitCodes['1.15']).toBe(exitCode);
});

test('the old top is kept as a snapshot', () => {
  const keepOldTop = { guid: guidOf('c'), fileGuid: guidOf('e') };
  expect(summaryOf(planSwitch(diskOf(CHAIN), { guid: guidOf('a'), fileGuid, keepOldTop }))).toEqual(
    {
      outcome: 'switched',
      after: 'a:f0<- b:f1<a c:f2<b T:f0.f<a',
      actions: 'create f0.e, create f0.f, remove f0.e',
      warnings: 'TWO_STEPS T, SIZE_OF_TARGET a',
    },
  );
});

test.each([
  [CHAIN, 'b', 'a:f0<- T:f1<a', 'remove f2', 'TOP_DISCARDED T'],
  [
    'a:f0<- b:f1<a c:f2<a T:f3<c',
    'b',
    'a:f0<- T:f1<a c:f2<a',
    'create f0.f, remove f3, remove f0.f',
    'TWO_STEPS T, TOP_DISCARDED T, SIZE_OF_TARGET b',
  ],
])('%s: %s itself is written to', (before, guid, after, actions, warnings) => {
  const plan = planSwitch(diskOf(before), { guid: guidOf(guid), fileGuid, reuseTarget: true });
  expect(summaryOf(plan)).toEqual({ outcome: 'switched', after, actions, warnings });
});

test('what the second step would refuse is not begun', () => {
  const disk = diskOf(CHAIN);
  const shared = planSwitch(disk, { guid: guidOf('a'), reuseTarget: true });
  expect(summaryOf(shared)).toMatchObject({ outcome: 'refused TOP_WOULD_BE_SHARED', actions: '' });
  expect(shared.descriptor).toBe(disk);
});
