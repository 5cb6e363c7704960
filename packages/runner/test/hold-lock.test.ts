import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { descriptorXml, hasTool, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, isExit } from '../src/index.ts';

async function descriptor(): Promise<string> {
  const path = join(await temporaryDirectory(), 'DiskDescriptor.xml');
  await writeFile(path, descriptorXml([{}]));
  return path;
}

const release = { from: '1.15', to: '1.15' } as const;

test.skipIf(!hasTool)('the tool waits for a lock that is held here', async () => {
  const path = join(await temporaryDirectory(), 'root.hdd');
  const runner = createRunner();
  const size = 16 * 2 ** 20;
  await runner.init({ path, size: size as never, fileSystem: 'none' });
  const disk = join(path, '..', 'DiskDescriptor.xml');
  const events: string[] = [];
  const other = createRunner();
  let taken: Promise<unknown> = Promise.resolve();
  await runner.locked(disk, async () => {
    taken = other.snapshot({ descriptor: disk }).then(() => events.push('taken'));
    await wait(500);
    expect(await readFile(disk, 'utf8')).not.toContain('{11111111');
    events.push('done');
  });
  await taken;
  expect(events).toEqual(['done', 'taken']);
  // It is let go: nobody waits.
  await runner.locked(disk, () => Promise.resolve(), { timeoutMs: 100 });
});

test('a lock that somebody else holds is waited for, and can be tried again', async () => {
  const path = await descriptor();
  const runner = createRunner({ release });
  const holder = spawn('flock', [`${path}.lck`, 'cat']);
  holder.stdin.write('x');
  await once(holder.stdout, 'data');
  let worked = 0;
  const work = (): Promise<number> => Promise.resolve((worked += 1));
  const error: unknown = await runner
    .locked(path, work, { timeoutMs: 200 })
    .catch((one: unknown) => one);
  expect(isExit(error, 23)).toBe(true);
  expect(error).toMatchObject({
    retryable: true,
    message: expect.stringMatching(/^flock exited with 23/) as string,
  });
  const controller = new AbortController();
  const cancelled = runner.locked(path, work, { signal: controller.signal });
  setTimeout(() => {
    controller.abort();
  }, 100);
  await expect(cancelled).rejects.toMatchObject({ code: 'ABORTED' });
  const aborted = runner.locked(path, work, { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toThrow();
  expect(worked).toBe(0);
  const later = runner.locked(path, work);
  holder.stdin.end();
  expect(await later).toBe(1);
});

test('work that fails lets go of the lock, and goes on where the caller cancels', async () => {
  const path = await descriptor();
  const runner = createRunner({ release });
  const failing = runner.locked(path, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const controller = new AbortController();
  const result = runner.locked(
    path,
    async () => {
      controller.abort();
      await wait(50);
      const blocked = createRunner({ release }).locked(path, () => Promise.resolve(), {
        timeoutMs: 50,
      });
      await expect(blocked).rejects.toMatchObject({ retryable: true });
      return 'done';
    },
    { signal: controller.signal },
  );
  expect(await result).toBe('done');
});

test('what cannot be locked is not worked on', async () => {
  const path = await descriptor();
  const work = (): Promise<never> => expect.fail('it worked');
  for (const from of ['8.0.59', '9.0.30'] as const)
    await expect(createRunner({ release: { from } }).locked(path, work)).rejects.toMatchObject({
      reason: 'NOT_IN_RELEASE',
    });
  const unknown = createRunner({ binary: 'no-such-ploop' });
  await expect(unknown.locked(path, work)).rejects.toMatchObject({ reason: 'NOT_IN_RELEASE' });
  const missing = createRunner({ release, env: { PATH: '/nowhere' } });
  await expect(missing.locked('/nowhere/DiskDescriptor.xml', work)).rejects.toMatchObject({
    code: expect.stringMatching(/SPAWN|EXIT/) as string,
  });
  await expect(createRunner({ release }).locked('x.txt', work)).rejects.toMatchObject({
    reason: 'PATH_INVALID',
  });
});
