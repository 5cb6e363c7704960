import { expect, test } from 'vitest';

import { diskOf, guidOf, summaryOf } from '../../test/tree.ts';
import { planReplace, type PlanReplaceInput } from './plan-replace.ts';

const DISK = diskOf('a:f0<- T:/d/f1<a');
const options = { directory: '/d' };

test.each<[PlanReplaceInput, string, string, string]>([
  [{ target: { guid: guidOf('A') }, newFile: '/e/n' }, 'replaced', 'a:/e/n<- T:f1<a', ''],
  [{ target: { guid: guidOf('T') }, newFile: '/d/n' }, 'replaced', 'a:f0<- T:n<a', ''],
  [{ target: { file: '/d/f0' }, newFile: 'n' }, 'replaced', 'a:n<- T:f1<a', ''],
  [
    { target: { file: 'f0' }, newFile: '/d/n', keepName: true },
    'replaced',
    'a:f0<- T:/d/f1<a',
    'rename n f0',
  ],
  [{ target: { file: 'f0' }, newFile: '/d/f0' }, 'nothing', 'a:f0<- T:f1<a', ''],
])('%o', (input, outcome, after, actions) => {
  expect(summaryOf(planReplace(DISK, input, options))).toMatchObject({ outcome, after, actions });
});

test.each<[PlanReplaceInput, string, number | undefined]>([
  [{ target: { guid: guidOf('c') }, newFile: 'n' }, 'SNAPSHOT_UNKNOWN', 38],
  [{ target: { guid: 'c' }, newFile: 'n' }, 'GUID_INVALID', 38],
  [{ target: { file: '/d/./f0' }, newFile: 'n' }, 'IMAGE_UNKNOWN', 38],
  [{ target: { file: 'f0' }, newFile: '/d//f1' }, 'FILE_TAKEN', undefined],
])('%o is refused: %s', (input, code, exitCode) => {
  const plan = planReplace(DISK, input, options);
  expect(summaryOf(plan).outcome).toBe(`refused ${code}`);
  expect(plan.refusals[0]?.exitCodes['1.15']).toBe(exitCode);
});

test('a bare disk is not replaced, an image above it is', () => {
  const raw = { ...DISK, mode: 'raw' } as const;
  const plan = planReplace(raw, { target: { file: 'f0' }, newFile: 'n' }, options);
  expect(plan).toMatchObject({ outcome: 'refused', refusals: [{ code: 'RAW_BASE' }] });
  expect(plan.refusals[0]?.exitCodes['1.15']).toBe(11);
  const above = planReplace(raw, { target: { file: 'f1' }, newFile: 'n' }, options);
  expect(above.outcome).toBe('replaced');
});

test('releases 1.12 and 9 replace nothing of a disk that is not mounted', () => {
  const input = { target: { file: 'f0' }, newFile: 'n' };
  expect(summaryOf(planReplace(DISK, input, { release: '9' })).outcome).toBe(
    'refused OFFLINE_UNSUPPORTED',
  );
});

test('without the directory, names stay as they are', () => {
  const plan = planReplace(DISK, { target: { guid: guidOf('a') }, newFile: '/d/n' });
  expect(summaryOf(plan)).toMatchObject({
    after: 'a:/d/n<- T:/d/f1<a',
    warnings: 'OLD_FILE_STAYS a',
  });
});
