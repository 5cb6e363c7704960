import { describe, expect, test } from 'vitest';

import { diskOf, guidOf, summaryOf } from '../../test/tree.ts';
import type { DiskDescriptor } from '../model.ts';
import type { ReleaseName } from '../releases/release.ts';
import { harmOf } from './harm.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { planDelete } from './plan-delete.ts';
import { planMerge } from './plan-merge.ts';
import { planReplace } from './plan-replace.ts';
import { planRewrite } from './plan-rewrite.ts';
import { planSnapshot } from './plan-snapshot.ts';
import { planSwitch } from './plan-switch.ts';

/** A top with a GUID of its own, above a shot that has the constant. */
const BELOW = diskOf('a:f0<- T:f1<a c:f2<T', guidOf('c'));
const FURTHER = diskOf('T:f0<- b:f1<T c:f2<b', guidOf('c'));
const guid = guidOf('a');

type Planner = (disk: DiskDescriptor, options: PlanOptions) => Plan;
const planners: Readonly<Record<string, Planner>> = {
  snapshot: (disk, options) => planSnapshot(disk, {}, options),
  switch: (disk, options) => planSwitch(disk, { guid }, options),
  delete: (disk, options) => planDelete(disk, { guid }, options),
  replace: (disk, options) => planReplace(disk, { target: { guid }, newFile: 'new' }, options),
  rewrite: planRewrite,
};

describe('exit codes of release 1.15, measured with the tool', () => {
  test.each([
    ['snapshot', 38],
    ['switch', 38],
    ['delete', 38],
    ['replace', 255],
    ['rewrite', 255],
  ])('%s: %d', (name, exitCode) => {
    const plan = planners[name]?.(BELOW, { release: '1.15' });
    expect(plan?.refusals[0]?.exitCode).toBe(exitCode);
    expect(plan?.descriptor).toBe(BELOW);
  });
});

// 7.0.95, 7.0.280, 8.0.99 and 9.0.30 exit with 0, and the top reads as the base.
test.each<[string, ReleaseName]>(
  ['snapshot', 'switch', 'rewrite'].flatMap((name) =>
    (['7.0.95', '7.0.280', '8.0.99', '9.0.30'] as const).map((release): [string, ReleaseName] => [
      name,
      release,
    ]),
  ),
)('%s is harm in release %s', (name, release) => {
  const plan = planners[name]?.(BELOW, { release }) ?? expect.unreachable();
  expect(plan.refusals).toMatchObject([{ code: 'TOP_GUID_TAKEN', exitCode: undefined }]);
  expect(harmOf(plan, BELOW)).toMatchObject({ code: 'TOP_GUID_TAKEN' });
});

test('1.15 merges the shot with the constant into its child, later releases were not tried', () => {
  expect(summaryOf(planMerge(BELOW, {}, { release: '1.15' }))).toMatchObject({
    outcome: 'merged',
    after: 'a:f0<- T:f1<a',
  });
  for (const release of ['7.0.95', '7.0.280', '9.0.30'] as const)
    expect(harmOf(planMerge(BELOW, {}, { release }), BELOW)).toMatchObject({
      code: 'TOP_GUID_TAKEN',
    });
  expect(planMerge(FURTHER, {}, { release: '1.15' }).refusals).toMatchObject([
    { code: 'TOP_GUID_TAKEN', exitCode: 255 },
  ]);
});
