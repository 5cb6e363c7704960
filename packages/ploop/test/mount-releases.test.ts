import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { localExec, type Exec, type ExecOutcome } from '@ploop/runner';
import { temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { createDisk, createRunner, isNotMounted, openDisk, type Disk } from '../src/index.ts';
import { ASKED } from './asked.ts';
import { hasKernel, world } from './kernel/world.ts';

const MIB = 2 ** 20;

type Change = (argv: readonly string[], outcome: ExecOutcome) => ExecOutcome | undefined;

const text = (value: string) => ({ text: value, droppedBytes: 0 });
const exits = (exitCode: number, stdout = '', stderr = ''): ExecOutcome => ({
  exitCode,
  cancelled: false,
  timedOut: false,
  stdout: text(stdout),
  stderr: text(stderr),
});

/** The tool of release 1.15, some of whose runs answer as another release would; those are not run. */
function tool(instead: (argv: readonly string[]) => ExecOutcome | undefined, after?: Change) {
  const calls: string[] = [];
  const exec: Exec = async (request) => {
    const argv = request.argv.filter((argument) => !argument.startsWith('-v'));
    calls.push(argv.join(' '));
    const answer = instead(argv);
    if (answer !== undefined) return answer;
    const outcome = await localExec(request);
    return after?.(argv, outcome) ?? outcome;
  };
  return { calls, exec: Object.assign(exec, { isLocal: true }) };
}

async function diskOf(
  exec: Exec,
  { env, roots }: Partial<Pick<ReturnType<typeof world>, 'env' | 'roots'>>,
): Promise<Disk> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  const { descriptorPath } = await createDisk({
    path,
    size: 64 * MIB,
    fileSystem: 'none',
    runner: createRunner({ env, ...ASKED }),
  });
  return openDisk(descriptorPath, { runner: createRunner({ env, exec }), roots });
}

const USAGE = 'Usage: ploop umount -d DEVICE\n       ploop umount -m DIR\n';

describe.skipIf(!hasKernel)('releases that answer in other ways', () => {
  test('the device is looked up where the output of a mount cannot be read', async () => {
    const unreadable: Change = ([name], outcome) =>
      name === 'mount' ? { ...outcome, stdout: text('mounted, trust me\n') } : undefined;
    const { exec } = tool(() => undefined, unreadable);
    const disk = await diskOf(exec, world());
    expect(await disk.mount()).toEqual({ device: '/dev/ploop0' });
    const { guid } = await disk.snapshot();
    const snapshot = { guid, component: 'a', readonly: true };
    expect(await disk.mount(snapshot)).toEqual({ device: '/dev/ploop1' });
  });

  test('9.0.25 to 9.0.30 unmount by the device, as they take no descriptor', async () => {
    const { exec, calls } = tool(([name, ...rest]) =>
      name === 'umount' && rest.length === 1 ? exits(38, '', USAGE) : undefined,
    );
    const disk = await diskOf(exec, world());
    await disk.mount();
    expect(await disk.umount()).toEqual({ device: '/dev/ploop0' });
    expect(calls.at(-1)).toBe('umount -d /dev/ploop0');
    const failure: unknown = await disk.umount().catch((error: unknown) => error);
    expect(isNotMounted(failure)).toBe(true);
  });

  const STDOUT = [
    'Opening delta /p/root.hdd',
    'Adding delta dev=/dev/mapper/ploop49271 img=/p/root.hdd (rw)',
    'Update inuse state /p/root.hdd state=1953459801',
    '',
  ].join('\n');

  test.each([
    { umount: exits(0), left: [] },
    { umount: exits(46), left: ['/dev/mapper/ploop49271'] },
  ])('9 leaves a device behind that a mount was for: %j', async ({ umount, left }) => {
    const sys = await temporaryDirectory();
    const device = join(sys, 'block', 'dm-0');
    await mkdir(join(device, 'dm'), { recursive: true });
    for (const [name, value] of Object.entries({ 'dm/name': 'ploop49271', dev: '253:0', size: 8 }))
      await writeFile(join(device, name), `${String(value)}\n`);
    const { exec, calls } = tool(([name]) => {
      if (name === 'mount') return exits(21, STDOUT, 'Can not mount\n');
      return name === 'umount' ? umount : undefined;
    });
    const disk = await diskOf(exec, { ...world(), roots: { ...world().roots, sys } });
    await expect(disk.mount({ target: sys })).rejects.toMatchObject({
      code: 'EXIT',
      exitCode: 21,
      leftBehind: left,
    });
    expect(calls.at(-1)).toBe('umount -d /dev/mapper/ploop49271');
  });

  test('what has the number of a device that a mount was for is left alone', async () => {
    const machine = world();
    const { exec, calls } = tool(([name]) =>
      name === 'mount'
        ? exits(21, 'Adding delta dev=/dev/ploop0 img=/p/root.hdd (rw)\n', 'Can not mount\n')
        : undefined,
    );
    const disk = await diskOf(exec, machine);
    const other = await openDisk(disk.descriptorPath, {
      runner: createRunner({ env: machine.env, ...ASKED }),
    });
    await other.mount();
    await expect(disk.mount()).rejects.toMatchObject({
      leftBehind: ['/dev/ploop0, unless another program uses it now'],
    });
    expect(calls.filter((call) => call.startsWith('umount'))).toEqual([]);
  });
});
