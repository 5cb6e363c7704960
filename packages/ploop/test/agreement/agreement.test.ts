import { join } from 'node:path';

import type { DiskDescriptor, Guid } from '@ploop/descriptor';
import { BANDS, type Version } from '@ploop/descriptor/releases';
import { harmOf, planOperation } from '@ploop/descriptor/plan';
import { commands, isExit, isPloopError, operationOf, type Runner } from '@ploop/runner';
import { sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { buildGraph, openDisk, type Disk } from '../../src/index.ts';
import { anyDisk, anyOperation, isTop, NEW, shotAt } from './any-disk.ts';
import { putDisk, STARTED, toolFor } from './stand.ts';

/** What each operation is for the runner, for a disk and for its plans. */
const OPERATIONS = {
  snapshot: {
    planned: () => ['snapshot', { guid: NEW }],
    bare: (runner, descriptor) => runner.preflight(commands.snapshot, { descriptor, guid: NEW }),
    facade: (disk) => disk.snapshot({ guid: NEW }),
    plan: (disk, release) => disk.plan.snapshot({ guid: NEW, release }),
  },
  delete: {
    planned: (guid) => ['snapshot-delete', { guid }],
    bare: (runner, descriptor, guid) =>
      runner.preflight(commands.snapshotDelete, { descriptor, guid, discardTop: true }),
    facade: (disk, guid) => disk.deleteSnapshot(guid, { discardTop: true }),
    plan: (disk, release, guid) => disk.plan.deleteSnapshot(guid, { discardTop: true, release }),
  },
  merge: {
    planned: (guid, before) => ['snapshot-merge', isTop(before, guid) ? {} : { guid }],
    bare: (runner, descriptor, guid, before) =>
      runner.preflight(commands.snapshotMerge, {
        descriptor,
        ...(isTop(before, guid) ? {} : { guid }),
      }),
    facade: (disk, guid) => disk.mergeSnapshot(guid),
    plan: (disk, release, guid) => disk.plan.mergeSnapshot(guid, { release }),
  },
  switch: {
    planned: (guid) => ['snapshot-switch', { guid }],
    bare: (runner, descriptor, guid) =>
      runner.preflight(commands.snapshotSwitch, { descriptor, guid }),
    facade: (disk, guid) => disk.switchSnapshot(guid),
    plan: (disk, release, guid) => disk.plan.switchSnapshot(guid, { release }),
  },
} satisfies Readonly<Record<string, Row>>;

interface Row {
  readonly planned: (
    guid: Guid,
    before: DiskDescriptor,
  ) => Parameters<typeof operationOf> extends readonly [infer Name, infer Input, ...unknown[]]
    ? readonly [Name, Input]
    : never;
  readonly bare: (
    runner: Runner,
    descriptor: string,
    guid: Guid,
    before: DiskDescriptor,
  ) => Promise<void>;
  readonly facade: (disk: Disk, guid: Guid) => Promise<unknown>;
  readonly plan: (
    disk: Disk,
    release: Version,
    guid: Guid,
  ) => Promise<{
    readonly outcome: string;
    readonly refusals: readonly { readonly code: string }[];
  }>;
}

/** Why work is refused; `undefined` if it is not, or the tool was started. */
async function reasonOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    if (isExit(error, STARTED)) return undefined;
    if (isPloopError(error) && error.code === 'REFUSED') return error.reason;
    throw error;
  }
  return undefined;
}

const RELEASES = BANDS.map(({ first }) => first);

test('guard, mutation and plan agree on what each release must not do', async () => {
  const root = await temporaryDirectory();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      anyDisk,
      anyOperation,
      fc.constantFrom(...RELEASES),
      async (before, { name, shot }, release) => {
        const directory = join(root, String((count += 1)));
        await putDisk(directory, before);
        const row: Row = OPERATIONS[name];
        const guid = shotAt(before, shot);
        const runner = toolFor(directory, before, release);
        const disk = await openDisk(directory, { runner });
        const [subcommand, input] = row.planned(guid, before);
        const model = planOperation(before, operationOf(subcommand, input, buildGraph(before)), {
          release,
          directory,
        });
        const harm = harmOf(model, before);
        const bare = await reasonOf(row.bare(runner, disk.descriptorPath, guid, before));
        const facade = await reasonOf(row.facade(disk, guid));
        const plan = await row.plan(disk, release, guid);
        const answers = {
          harm: harm?.code,
          model: model.refusals[0]?.code,
          bare,
          facade,
          plan: plan.refusals.map(({ code }) => code),
        };
        const where = JSON.stringify({ name, guid, release, answers });
        if (harm !== undefined) {
          expect(bare, where).toBeDefined();
          expect(facade, where).toBeDefined();
          expect(plan.outcome, where).toBe('refused');
        } else {
          // Guards know more than the descriptor, and never less than a plan that lets it happen.
          if (model.outcome !== 'refused')
            expect([bare, facade, plan.outcome === 'refused'], where).toEqual([
              undefined,
              undefined,
              false,
            ]);
        }
        // The facade leaves less to the tool, and a plan says what the tool refuses as well.
        if (bare !== undefined) expect(facade, where).toBeDefined();
        if (facade !== undefined) expect(plan.outcome, where).toBe('refused');
      },
    ),
    sample('agreement of guards and plans', 40),
  );
});
