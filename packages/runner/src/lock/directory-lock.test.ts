import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { withDirectoryLock } from './directory-lock.ts';

const env = {};

/** Another process that holds the lock until it is killed. */
async function holder(directory: string): Promise<ChildProcess> {
  // Without a child of its own, which would hold the lock longer than it.
  const child = spawn('flock', ['--exclusive', '--no-fork', directory, 'cat']);
  onTestFinished(() => void child.kill());
  child.stdin.write('x');
  await once(child.stdout, 'data');
  return child;
}

function isHeld(directory: string): boolean {
  try {
    execFileSync('flock', ['--exclusive', '--nonblock', directory, 'true']);
    return false;
  } catch {
    return true;
  }
}

test('work is done while the directory is held, and nothing is left in it', async () => {
  const directory = await temporaryDirectory();
  const held = await withDirectoryLock(directory, () => Promise.resolve(isHeld(directory)), {
    env,
  });
  expect(held).toBe(true);
  expect(isHeld(directory)).toBe(false);
  expect(await readdir(directory)).toEqual([]);
});

test('work that fails lets go', async () => {
  const directory = await temporaryDirectory();
  const work = (): Promise<never> => Promise.reject(new Error('failed'));
  await expect(withDirectoryLock(directory, work, { env })).rejects.toThrow('failed');
  expect(isHeld(directory)).toBe(false);
});

test('a process that is killed lets go, and who waits goes on', async () => {
  const directory = await temporaryDirectory();
  const other = await holder(directory);
  const events: string[] = [];
  const work = (): Promise<void> => {
    events.push('work');
    return Promise.resolve();
  };
  const working = withDirectoryLock(directory, work, { env });
  await wait(200);
  events.push('kill');
  other.kill('SIGKILL');
  await working;
  expect(events).toEqual(['kill', 'work']);
});

test('who waits too long fails, and the call can be tried again', async () => {
  const directory = await temporaryDirectory();
  const other = await holder(directory);
  let worked = 0;
  const work = (): Promise<number> => Promise.resolve((worked += 1));
  await expect(withDirectoryLock(directory, work, { env, timeoutMs: 100 })).rejects.toMatchObject({
    ...{ code: 'EXIT', exitCode: 23, retryable: true, leftBehind: [] },
    hint: 'Another operation holds the lock of the disk; try again when it has ended.',
  });
  expect(worked).toBe(0);
  setTimeout(() => void other.kill(), 300);
  const retry = { deadlineMs: 30_000, firstDelayMs: 10 };
  expect(await withDirectoryLock(directory, work, { env, timeoutMs: 100, retry })).toBe(1);
});

test('who cancels waits no longer', async () => {
  const directory = await temporaryDirectory();
  await holder(directory);
  const controller = new AbortController();
  const work = (): Promise<void> => Promise.resolve();
  const working = withDirectoryLock(directory, work, { env, signal: controller.signal });
  setTimeout(() => {
    controller.abort(new Error('enough'));
  }, 50);
  await expect(working).rejects.toThrow('enough');
});

test('who cancels once it is held gets what the work gives', async () => {
  const directory = await temporaryDirectory();
  const controller = new AbortController();
  const work = async (): Promise<string> => {
    controller.abort();
    await wait(10);
    return 'done';
  };
  const { signal } = controller;
  expect(await withDirectoryLock(directory, work, { env, signal })).toBe('done');
});

test('work inside of work on the directory is part of it, what it left running is not', async () => {
  const directory = await temporaryDirectory();
  const events: string[] = [];
  let left: Promise<unknown> = Promise.resolve();
  await withDirectoryLock(
    directory,
    async () => {
      left = wait(50).then(() => lockedFor('left'));
      await lockedFor('inner');
    },
    { env },
  );
  await withDirectoryLock(directory, () => wait(200), { env });
  events.push('next');
  await left;
  expect(events).toEqual(['inner', 'next', 'left']);

  function lockedFor(name: string): Promise<unknown> {
    const work = (): Promise<void> => {
      events.push(name);
      return Promise.resolve();
    };
    return withDirectoryLock(directory, work, { env, timeoutMs: 5_000 });
  }
});

test('a directory that is not there, or no flock, keeps nobody from working', async () => {
  const directory = await temporaryDirectory();
  const work = (): Promise<boolean> => Promise.resolve(isHeld(directory));
  expect(await withDirectoryLock(join(directory, 'none'), work, { env })).toBe(false);
  const empty = { PATH: directory };
  const inEmpty = (): Promise<string> => Promise.resolve('done');
  expect(await withDirectoryLock(directory, inEmpty, { env: empty })).toBe('done');
});
