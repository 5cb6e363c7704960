import { closeSync, readFileSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { runAsync, runSync, type Steps } from '../steps.ts';
import { confinementOf, leadsOutside, openWithin } from './confine.ts';
import type { OpenFile } from './files.ts';
import { isWithin, placeOf } from './place.ts';

/** A directory `own` with a file, and one beside it with a secret. */
async function neighbours(): Promise<{ root: string; own: string; other: string }> {
  const root = await temporaryDirectory();
  const [own, other] = [join(root, 'own'), join(root, 'other')];
  for (const directory of [own, other]) await mkdir(join(directory, 'sub'), { recursive: true });
  await writeFile(join(own, 'file'), 'own');
  await writeFile(join(own, 'sub/file'), 'own');
  await writeFile(join(other, 'file'), 'secret');
  await writeFile(join(other, 'sub/file'), 'secret');
  return { root, own, other };
}

/** What an open file holds; closes it. */
function contentOf(file: OpenFile | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file.fd, 'utf8');
  } finally {
    closeSync(file.fd);
  }
}

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/', '/a', true],
  ['/a', '/a/..b', true],
])('%s holds %s: %s', (directory, path, within) => {
  expect(isWithin(directory, path)).toBe(within);
});

test('where a path leads to, be it there or not', async () => {
  const { own, other, root } = await neighbours();
  await symlink(join(other, 'gone/x'), join(own, 'dangling'));
  await symlink('../other', join(own, 'way'));
  await symlink('loop', join(own, 'loop'));
  await symlink('twice/x', join(own, 'twice'));
  for (const [path, place] of [
    ['file', join(own, 'file')],
    ['gone', join(own, 'gone')],
    ['gone/../x', join(own, 'x')],
    ['dangling', join(other, 'gone/x')],
    ['dangling/y', join(other, 'gone/x/y')],
    ['way/none', join(other, 'none')],
    ['way/../z', join(root, 'z')],
    ['gone/../way/z', join(other, 'z')],
    ['file/x', join(own, 'file/x')],
  ] as const) {
    expect(runSync(placeOf(`${own}/${path}`)).path).toBe(place);
    expect((await runAsync(placeOf(`${own}/${path}`))).path).toBe(place);
  }
  for (const endless of ['loop', 'loop/x', 'twice']) runSync(placeOf(join(own, endless)));
});

test('a long way that does not exist takes no time for each of its names', () => {
  const started = performance.now();
  for (let round = 0; round < 10; round += 1) runSync(placeOf(`/none${'/a'.repeat(100_000)}`));
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('only files inside are opened', async () => {
  const { root, own, other } = await neighbours();
  await symlink(join(other, 'file'), join(own, 'link'));
  await symlink(other, join(own, 'way'));
  await symlink('sub/file', join(own, 'inner'));
  const opened = (path: string, confine?: string | false): string | undefined =>
    contentOf(runSync(openWithin(path, runSync(confinementOf(own, { confine })))));
  for (const path of ['file', 'sub/file', 'inner', 'sub/../file'])
    expect(opened(`${own}/${path}`)).toBe('own');
  for (const path of [
    'link',
    'way/file',
    '../other/file',
    'way/sub/../file',
    'sub/../../other/file',
  ]) {
    expect(opened(`${own}/${path}`)).toBeUndefined();
    expect(opened(`${own}/${path}`, root)).toBe('secret');
    expect(opened(`${own}/${path}`, false)).toBe('secret');
  }
  expect(opened(join(other, 'file'))).toBeUndefined();
  // Whether a file outside exists is not shown either.
  expect(opened(join(other, 'gone'))).toBeUndefined();
  expect(() => opened(join(own, 'gone'))).toThrow('ENOENT');
  expect(() => opened(join(own, 'sub'))).toThrow('not a regular file');
});

test.each(['', 'nowhere', 'file', true, 7])(
  'confine that is not a directory: %j',
  async (confine) => {
    const { own } = await neighbours();
    const asked = confine === 'file' ? join(own, 'file') : confine;
    const resolving = confinementOf(own, { confine: asked as string });
    expect(() => runSync(resolving)).toThrow(/^FILE_UNREADABLE/);
  },
);

test('null is the default', () => {
  expect(runSync(confinementOf('/a', { confine: null as unknown as undefined }))).toEqual({
    within: '/a',
  });
});

/** Runs steps, and something else before one of them. Whether there was such a step. */
function interrupted<Result>(
  steps: Steps<Result>,
  before: number,
  meanwhile: () => void,
): { readonly reached: boolean; readonly result: Result | undefined } {
  let [turn, count, reached] = [steps.next(), 0, false];
  try {
    while (turn.done !== true) {
      if (count === before) {
        meanwhile();
        reached = true;
      }
      count += 1;
      let value: unknown;
      try {
        value = turn.value.sync();
      } catch (error) {
        turn = steps.throw(error);
        continue;
      }
      turn = steps.next(value);
    }
    return { reached, result: turn.value };
  } catch {
    return { reached, result: undefined };
  }
}

test.each([
  ['a symlink', 'file', (own: string) => own],
  ['a directory on the way', 'sub/file', (own: string) => join(own, 'sub')],
])('%s that is replaced at any moment lets nothing outside be read', async (_, name, at) => {
  for (let step = 0, reached = true; reached; step += 1) {
    const { own, other } = await neighbours();
    const swap = (): void => {
      if (name === 'file') {
        unlinkSync(join(own, name));
        symlinkSync(join(other, name), join(own, name));
      } else {
        renameSync(at(own), join(own, 'old'));
        symlinkSync(join(other, 'sub'), at(own));
      }
    };
    const run = interrupted(openWithin(join(own, name), { within: own }), step, swap);
    expect(contentOf(run.result)).not.toBe('secret');
    reached = run.reached;
  }
});

test('a file that is replaced by rename while it is opened is still one inside', async () => {
  for (let step = 0, reached = true; reached; step += 1) {
    const { own } = await neighbours();
    await writeFile(join(own, 'new'), 'new');
    const swap = (): void => {
      renameSync(join(own, 'new'), join(own, 'file'));
    };
    const run = interrupted(openWithin(join(own, 'file'), { within: own }), step, swap);
    expect(['own', 'new']).toContain(contentOf(run.result));
    reached = run.reached;
  }
});

test('whether a path leads outside', async () => {
  const { own, other } = await neighbours();
  const outside = (path: string): boolean => runSync(leadsOutside(path, { within: own }));
  expect(outside(join(own, 'gone'))).toBe(false);
  expect(outside(join(other, 'gone'))).toBe(true);
  expect(outside('/etc/shadow')).toBe(true);
  expect(runSync(leadsOutside('/etc/shadow', { within: undefined }))).toBe(false);
});
