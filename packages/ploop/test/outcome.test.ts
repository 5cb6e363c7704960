import { join } from 'node:path';

import { createRunner, localExec, type Exec, type ExecRequest } from '@ploop/runner';
import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createDisk, openDisk, type Disk } from '../src/index.ts';
import { ASKED } from './asked.ts';

const MIB = 2 ** 20;
const FIRST = '{11111111-1111-4111-8111-111111111111}';
const SECOND = '{22222222-2222-4222-8222-222222222222}';
const KEPT = '{33333333-3333-4333-8333-333333333333}';
const THEIRS = '{44444444-4444-4444-8444-444444444444}';

const CHANGES = ['snapshot', 'snapshot-switch', 'snapshot-delete', 'snapshot-merge', 'grow'];

type Change = (disk: Disk) => Promise<unknown>;

/** `FIRST → SECOND → top`, through a runner after whose first change another program makes one. */
async function overtaken(change: Change): Promise<Disk> {
  const path = join(await temporaryDirectory(), 'root.hdd');
  const runner = createRunner(ASKED);
  const made = await createDisk({ path, size: 4 * MIB, fileSystem: 'none', runner });
  await made.snapshot({ guid: FIRST });
  await made.snapshot({ guid: SECOND });
  let runs = 0;
  const exec: Exec = Object.assign(
    async (request: ExecRequest) => {
      const outcome = await localExec(request);
      if (!request.argv.some((word) => CHANGES.includes(word))) return outcome;
      runs += 1;
      if (runs === 1) await change(await openDisk(made.descriptorPath, { runner }));
      return outcome;
    },
    { isLocal: true },
  );
  return openDisk(made.descriptorPath, { runner: createRunner({ exec, ...ASKED }) });
}

const theirs: Readonly<Record<string, Change>> = {
  'take a snapshot': (disk) => disk.snapshot({ guid: THEIRS }),
  'switch to the base': (disk) => disk.switchSnapshot(FIRST),
  'merge the top': (disk) => disk.mergeSnapshot(),
};

const ours: Readonly<Record<string, Change>> = {
  snapshot: (disk) => disk.snapshot({ guid: KEPT }),
  switch: (disk) => disk.switchSnapshot(FIRST),
  delete: (disk) => disk.deleteSnapshot(SECOND),
  merge: (disk) => disk.mergeSnapshot(),
  grow: (disk) => disk.grow(8 * MIB),
};

describe.skipIf(!hasTool)('another program that changes the disk right after a call', () => {
  const pairs = Object.keys(ours).flatMap((call) =>
    Object.keys(theirs).map((change) => [call, change] as const),
  );

  test.each(pairs)('does not make a failure of it: %s, then others %s', async (call, change) => {
    const disk = await overtaken(async (other) => {
      // What cannot be done any more is not.
      await theirs[change]?.(other).catch(() => undefined);
    });
    await expect(ours[call]?.(disk)).resolves.not.toThrow();
  });

  test('between two steps has the second refused, which says what the first has done', async () => {
    const disk = await overtaken((other) => other.snapshot({ guid: THEIRS }));
    const call = disk.switchSnapshot(FIRST, { keepOldTop: { guid: KEPT } });
    await expect(call).rejects.toMatchObject({
      name: 'RefusedError',
      reason: 'DISK_CHANGED',
      message: expect.stringContaining(`snapshot ${KEPT} is taken and stays`) as string,
      leftBehind: [],
    });
  });
});
