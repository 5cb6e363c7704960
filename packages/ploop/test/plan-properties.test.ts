import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseDescriptorOrThrow, serializeDescriptor } from '@ploop/descriptor';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isPloopError, type Disk, type DiskPlan } from '../src/index.ts';
import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const MIB = 2 ** 20;

/** A change and its plan, of one shot or another. */
type Change = (methods: Disk | Disk['plan'], guid: string, pick: number) => Promise<unknown>;

const CHANGES: Readonly<Record<string, Change>> = {
  snapshot: (methods) => methods.snapshot(),
  switch: (methods, guid) => methods.switchSnapshot(guid),
  'switch that keeps': (methods, guid) => methods.switchSnapshot(guid, { keepOldTop: true }),
  'switch that reuses': (methods, guid) => methods.switchSnapshot(guid, { reuseTarget: true }),
  delete: (methods, guid, pick) => methods.deleteSnapshot(guid, { discardTop: pick % 2 === 0 }),
  merge: (methods, guid, pick) => methods.mergeSnapshot(pick % 3 === 0 ? undefined : guid),
  mount: (methods) => methods.mount(),
  'mount by name': (methods, guid, pick) =>
    methods.mount({ guid, readonly: pick % 3 > 0, component: `name${String(pick % 2)}` }),
  umount: (methods) => methods.umount(),
  'umount by name': (methods, _guid, pick) =>
    methods.umount({ component: `name${String(pick % 2)}` }),
  grow: (methods, _guid, pick) => methods.grow((pick % 5) * 32 * MIB),
  limit: (methods) => methods.setMaxDeltaSize(MIB),
  check: (methods) => methods.check(),
};
const NAMES = [...Object.keys(CHANGES), 'snapshot', 'snapshot', 'snapshot', 'delete', 'merge'];

const lives = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 60 })), {
  minLength: 4,
  maxLength: 20,
});

/** Names and GUIDs of new deltas and snapshots are random. */
const RANDOM = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

function shapeOf(text: string): string {
  const seen = new Map<string, number>();
  return text.replace(RANDOM, (guid) => {
    if (!seen.has(guid)) seen.set(guid, seen.size);
    return `guid ${String(seen.get(guid))}`;
  });
}

describe.skipIf(!hasKernel)('plans on the stand-in', () => {
  test('predict whether a change is refused, and what comes of it', async () => {
    const counts: Record<string, number> = {};
    const count = (what: string): void => {
      counts[what] = (counts[what] ?? 0) + 1;
    };
    const property = fc.asyncProperty(lives, async (life) => {
      const { disk, directory } = await machine();
      await mkdir(join(directory, 'other'));
      const written = (): Promise<string> => readFile(disk.descriptorPath, 'utf8');
      for (const [name, pick] of life) {
        const shots = await disk.snapshots();
        const guid = shots[pick % shots.length]?.guid ?? '';
        const change = CHANGES[name] ?? expect.fail(name);
        const before = await written();
        const plan = (await change(disk.plan, guid, pick)) as DiskPlan;
        expect(await written()).toBe(before);
        const failure: unknown = await change(disk, guid, pick).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined && !isPloopError(failure))
          throw new Error(`${name} went wrong`, { cause: failure });
        const what = { name, guid, pick, plan, failure };
        const isRefused = plan.outcome === 'refused';
        if (isRefused) expect(failure, JSON.stringify(what)).toBeDefined();
        else expect(failure?.message, JSON.stringify(what)).toBeUndefined();
        count(`${name}: ${isRefused ? 'refused' : 'done'}`);
        if (failure === undefined && 'descriptor' in plan)
          expect(shapeOf(serializeDescriptor(plan.descriptor)), JSON.stringify(what)).toBe(
            shapeOf(serializeDescriptor(parseDescriptorOrThrow(await written()))),
          );
      }
    });
    await fc.assert(property, { ...sample('planned lives', 5), endOnFailure: true });
    console.info('planned lives', counts);
  });
});
