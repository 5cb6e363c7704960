import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import { expect, test } from 'vitest';

import { onAbort, withFirst } from './on-abort.ts';

test('all that wait are notified, and those that no longer do are not', () => {
  const controller = new AbortController();
  const told: string[] = [];
  const tell = (name: string) => () => told.push(name);
  onAbort(controller.signal, tell('one'));
  const forget = onAbort(controller.signal, tell('two'));
  onAbort(controller.signal, tell('three'));
  forget();
  forget();
  controller.abort();
  expect(told).toEqual(['one', 'three']);
});

test('the first of several signals counts, with its reason', async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const seen = withFirst([one.signal, undefined, other.signal], async (signal) => {
    await new Promise((resolve) => {
      onAbort(signal, () => {
        resolve(undefined);
      });
    });
    return signal?.reason as unknown;
  });
  other.abort('other');
  expect(await seen).toBe('other');
  expect(
    await withFirst([one.signal, other.signal], (signal) => Promise.resolve(signal?.aborted)),
  ).toBe(true);
  expect(await withFirst([undefined], (signal) => Promise.resolve(signal))).toBeUndefined();
});

test('a timeout that nobody else holds fires after a garbage collection', async () => {
  const source = await readFile(join(import.meta.dirname, 'on-abort.ts'), 'utf8');
  const code = transpile(source, { target: ScriptTarget.ES2022, module: ModuleKind.ES2022 });
  const program = `
    ${code}
    const waitFor = (signal) => new Promise((resolve) => onAbort(signal, resolve));
    const fired = [
      waitFor(AbortSignal.timeout(100)),
      withFirst([AbortSignal.timeout(100), new AbortController().signal], waitFor),
    ];
    gc();
    setTimeout(gc, 20);
    setTimeout(() => process.exit(3), 5000);
    await Promise.all(fired);
    process.exit(0);`;
  const argv = ['--expose-gc', '--input-type=module', '--eval', program];
  expect(spawnSync(process.execPath, argv, { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});
