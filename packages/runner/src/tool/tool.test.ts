import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { localExec, type Exec, type ExecRequest } from '../exec/exec.ts';
import { createTool } from './tool.ts';

const UMOUNT = 'Usage: ploop init\n       ploop umount { -d DEVICE }';

/** A program that prints a usage with the given line, as the tool does. */
async function install(path: string, line: string): Promise<void> {
  await writeFile(`${path}.new`, `#!/bin/sh\necho '${UMOUNT}\n${line}' >&2\nexit 38\n`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
}

/** How often something was run. */
function counting(isLocal: boolean) {
  const runs: string[] = [];
  const exec = (request: ExecRequest) => {
    runs.push(request.file);
    return localExec(request);
  };
  return { exec: Object.assign(exec, { isLocal }), runs };
}

test('the release is found out once for each binary', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'ploop');
  await install(path, 'ploop encrypt');
  const { exec, runs } = counting(true);
  const tool = createTool({ binary: 'ploop', exec, env: { PATH: directory }, release: undefined });
  expect(tool.known()).toBeUndefined();
  const encrypting = { from: '7.0.49', to: '7.0.52' };
  expect(await Promise.all([tool.release(), tool.release()])).toEqual([encrypting, encrypting]);
  expect(await tool.release()).toEqual(encrypting);
  expect(tool.known()).toMatchObject({ release: encrypting });
  expect(runs).toHaveLength(1);
  await install(path, 'encrypt NEW_DELTA | DEVICE -L LABEL tg-init DEVICE NAME TG_BLOCKSIZE');
  expect(tool.known()).toBeUndefined();
  expect(await tool.release()).toEqual({ from: '9.0.12', to: '9.0.22' });
  const asked = runs.length;
  await tool.release();
  expect(runs).toHaveLength(asked);
});

test('of a tool that cannot be looked at, what was found out holds for a while', async () => {
  const directory = await temporaryDirectory();
  await install(join(directory, 'ploop'), 'ploop encrypt');
  const { exec, runs } = counting(false);
  const tool = createTool({ binary: 'ploop', exec, env: { PATH: directory }, release: undefined });
  await tool.release();
  await tool.release();
  // Within one minute, or at the turn of two.
  expect(runs.length).toBeLessThanOrEqual(2);
});

test('a tool that is missing is asked for again', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'tool');
  const tool = createTool({ binary: path, exec: localExec, env: {}, release: undefined });
  expect(await tool.release()).toBeUndefined();
  expect(tool.known()).toBeUndefined();
  await install(path, 'ploop encrypt');
  expect(await tool.release()).toMatchObject({ from: '7.0.49' });
});

test('what the caller says is not asked for', async () => {
  const { exec, runs } = counting(true);
  const tool = createTool({ binary: 'ploop', exec, env: {}, release: { from: '9.0.28' } });
  expect(await tool.release()).toEqual({ from: '9.0.28' });
  expect(tool.known()).toEqual({ release: { from: '9.0.28' } });
  expect(runs).toEqual([]);
});

test.skipIf(!hasTool)('the real tool is one of those that are known', async () => {
  const tool = createTool({ binary: 'ploop', exec: localExec, env: {}, release: undefined });
  expect(await tool.release()).toBeDefined();
});

test('a transport that fails once is asked again', async () => {
  let calls = 0;
  const exec: Exec = () => {
    calls += 1;
    return Promise.reject(new Error('not yet'));
  };
  const tool = createTool({ binary: 'ploop', exec, env: {}, release: undefined });
  await expect(tool.release()).rejects.toThrow('not yet');
  const before = calls;
  await expect(tool.release()).rejects.toThrow('not yet');
  expect(calls).toBeGreaterThan(before);
});
