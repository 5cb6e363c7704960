import { readFile, writeFile } from 'node:fs/promises';

import {
  createRunner,
  localExec,
  type Exec,
  type ExecOutcome,
  type ExecRequest,
  type PloopError,
} from '@ploop/runner';
import { describe, expect, test } from 'vitest';

import { isExit, openDisk, type Disk } from '../src/index.ts';
import { ASKED } from './asked.ts';
import { hasKernel } from './kernel/world.ts';
import { machine } from './machine.ts';

const GUID = '{11111111-1111-4111-8111-111111111111}';
const DEVICE = '/dev/ploop0, under the name "~backup"';
const TEMPORARY = { component: 'backup', guid: GUID };

type Run = () => ReturnType<typeof localExec>;

/** A disk for which something else comes of one subcommand than the tool would do. */
async function saying(
  subcommand: string,
  instead: (run: Run, descriptor: string) => Promise<ExecOutcome>,
  fileSystem?: 'ext4',
): Promise<{ readonly disk: Disk; readonly target: string }> {
  const { env, roots, directory, target, disk } = await machine(fileSystem);
  const { descriptorPath } = disk;
  const exec: Exec = Object.assign(
    (request: ExecRequest) => {
      const run: Run = () => localExec(request);
      return request.argv.includes(subcommand) ? instead(run, descriptorPath) : run();
    },
    { isLocal: true },
  );
  const runner = createRunner({ env, exec, ...ASKED });
  return { disk: await openDisk(directory, { runner, roots }), target };
}

async function failureOf(work: Promise<unknown>): Promise<PloopError> {
  return work.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as PloopError,
  );
}

describe.skipIf(!hasKernel)('a temporary snapshot with the real tool on the stand-in', () => {
  test('that fails when its device is there names it, with its name and where it is mounted', async () => {
    const failing = async (run: Run): Promise<ExecOutcome> => ({ ...(await run()), exitCode: 12 });
    const { disk, target } = await saying('tsnapshot', failing, 'ext4');
    const error = await failureOf(disk.temporarySnapshot({ ...TEMPORARY, target }));
    expect(isExit(error, 12)).toBe(true);
    expect(await disk.mounts()).toMatchObject([
      { device: '/dev/ploop0', component: '~backup', mountPoint: target },
    ]);
    expect(error.leftBehind).toContain(`${DEVICE}, mounted at ${target}`);
    expect(error.message).toContain('/dev/ploop0');
    expect(error.leftBehind).toContain(`snapshot ${GUID}`);
  });

  test.each([
    ['does not show it', (text: string) => text.replace(/<Temporary\s*\/>/, '')],
    ['cannot be read afterwards', () => 'nonsense'],
  ])('names its device where the descriptor %s', async (_name, spoiled) => {
    const { disk } = await saying('tsnapshot', async (run, descriptor) => {
      const outcome = await run();
      await writeFile(descriptor, spoiled(await readFile(descriptor, 'utf8')));
      return outcome;
    });
    const error = await failureOf(disk.temporarySnapshot(TEMPORARY));
    expect(error).toMatchObject({ code: 'OUTCOME', hint: expect.any(String) as string });
    expect(error.leftBehind).toContain(DEVICE);
  });

  test('of which the tool says something unknown is looked up', async () => {
    const { disk } = await saying('tsnapshot', async (run) => ({
      ...(await run()),
      stdout: { text: 'made it\n', droppedBytes: 0 },
    }));
    const made = await disk.temporarySnapshot(TEMPORARY);
    expect(made).toMatchObject({ guid: GUID, device: '/dev/ploop0' });
    await made.end();
    expect(await disk.mounts()).toEqual([]);
    expect(await disk.snapshots()).toHaveLength(1);
  });

  test('does not name what was there before', async () => {
    let runs = 0;
    const { disk } = await saying('tsnapshot', async (run) => {
      const outcome = await run();
      runs += 1;
      return runs === 1 ? outcome : { ...outcome, exitCode: 12 };
    });
    await disk.temporarySnapshot({ component: 'backup' });
    const { leftBehind } = await failureOf(disk.temporarySnapshot(TEMPORARY));
    expect(leftBehind.filter((one) => one.startsWith('/dev/'))).toEqual([
      DEVICE.replace('ploop0', 'ploop1'),
    ]);
  });

  test('that stays mounted says where', async () => {
    let isBusy = true;
    const busy = { text: 'Failed to umount: Device or resource busy\n', droppedBytes: 0 };
    const none = { text: '', droppedBytes: 0 };
    const failing = { exitCode: 22, cancelled: false, timedOut: false, stdout: none, stderr: busy };
    const { disk, target } = await saying(
      'umount',
      (run) => (isBusy ? Promise.resolve(failing) : run()),
      'ext4',
    );
    const made = await disk.temporarySnapshot({ ...TEMPORARY, target });
    const error = await failureOf(made.end());
    expect(isExit(error, 22)).toBe(true);
    const snapshot = `temporary snapshot ${GUID}`;
    expect(error.leftBehind).toEqual([`${DEVICE}, mounted at ${target}`, snapshot]);
    isBusy = false;
    await made.end();
    expect(await disk.snapshots()).toHaveLength(1);
  });

  test('whose device has gone and whose delta has not says so', async () => {
    const { disk } = await saying('snapshot-delete', async () => {
      await Promise.resolve();
      const none = { text: '', droppedBytes: 0 };
      return { exitCode: 1, cancelled: false, timedOut: false, stdout: none, stderr: none };
    });
    const made = await disk.temporarySnapshot(TEMPORARY);
    const { leftBehind } = await failureOf(made.end());
    expect(leftBehind).toEqual([`temporary snapshot ${GUID}`]);
  });
});
