import { expect, test } from 'vitest';

import type { Exec, ExecOutcome } from '../exec/exec.ts';
import type { Tail } from '../exec/tail.ts';
import type { Release } from '../release/release.ts';
import { loadEach, modulesOf } from './load-modules.ts';

const text = (content: string): Tail => ({ text: content, droppedBytes: 0 });
const SILENT: ExecOutcome = {
  cancelled: false,
  timedOut: false,
  stdout: text(''),
  stderr: text(''),
};

test('each generation has modules of its own', () => {
  const names = (from: Release['from']): string | undefined => modulesOf({ from })[1];
  expect(names('1.15')).toBe('pfmt_ploop1');
  expect(names('7.0.280')).toBe('pfmt_ploop1');
  expect(names('8')).toBe('dm_qcow2');
  expect(names('9.0.30')).toBe('dm_qcow2');
  expect(modulesOf(undefined)).toEqual(modulesOf({ from: '1' }));
});

test('modules are loaded one after the other, and what came of each is said', async () => {
  const calls: (readonly string[])[] = [];
  let running = 0;
  const exec: Exec = async ({ file, argv }) => {
    calls.push([file, ...argv]);
    running += 1;
    expect(running).toBe(1);
    await Promise.resolve();
    running -= 1;
    const isFirst = argv[1] === 'ploop';
    return {
      ...SILENT,
      exitCode: isFirst ? 0 : 1,
      stderr: text(isFirst ? '' : 'modprobe: FATAL: Module -x not found.\n'),
    };
  };
  expect(await loadEach(['ploop', '-x'], exec, {})).toEqual([
    { module: 'ploop', isLoaded: true, message: '' },
    { module: '-x', isLoaded: false, message: 'modprobe: FATAL: Module -x not found.' },
  ]);
  expect(calls).toEqual([
    ['modprobe', '--', 'ploop'],
    ['modprobe', '--', '-x'],
  ]);
});

test('a machine without modprobe is not a failure of the call', async () => {
  const exec: Exec = () =>
    Promise.resolve({ ...SILENT, spawnError: new Error('spawn modprobe ENOENT') });
  expect(await loadEach(['ploop'], exec, {})).toEqual([
    { module: 'ploop', isLoaded: false, message: 'spawn modprobe ENOENT' },
  ]);
});
