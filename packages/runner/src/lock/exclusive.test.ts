import { setTimeout as wait } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { createExclusive, createLimit } from './exclusive.ts';

/** Work that notes when it begins and ends. */
function recorder(): {
  readonly log: string[];
  readonly work: (name: string, ms: number) => () => Promise<string>;
} {
  const log: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await wait(ms);
    log.push(`${name} ends`);
    return name;
  };
  return { log, work };
}

test('work on one key is done in turn, on different keys at a time', async () => {
  const exclusive = createExclusive();
  const { log, work } = recorder();
  const other = exclusive('two', work('c', 1));
  const failing = exclusive('one', async () => {
    // Ends only if the other key is worked on meanwhile.
    await other;
    throw new Error('failed');
  });
  const rest = [exclusive('one', work('a', 30)), exclusive('one', work('b', 1)), other];
  await expect(failing).rejects.toThrow('failed');
  expect(await Promise.all(rest)).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['c begins', 'c ends', 'a begins', 'a ends', 'b begins', 'b ends']);
});

test('spellings of a key are one, and a spelling keeps its order', async () => {
  let ms = 40;
  // The first answer takes longest.
  const exclusive = createExclusive(async (key) => {
    ms /= 2;
    await wait(ms);
    return key.toLowerCase();
  });
  const { log, work } = recorder();
  await Promise.all(['a', 'b', 'c'].map((name) => exclusive('ONE', work(name, 2))));
  expect(log.filter((line) => line.endsWith('begins'))).toEqual(
    ['a', 'b', 'c'].map((name) => `${name} begins`),
  );
  log.length = 0;
  await Promise.all(['One', 'oNe'].map((key) => exclusive(key, work(key, 10))));
  expect(log[1]).toBe(`${log[0]?.split(' ')[0] ?? ''} ends`);
});

test(
  'work inside of work on the same key is part of it, still in turn',
  { timeout: 2_000 },
  async () => {
    const exclusive = createExclusive();
    const { log, work } = recorder();
    const outer = exclusive('one', async () => {
      await Promise.all([
        exclusive('one', () => exclusive('one', work('a', 20))),
        exclusive('one', work('b', 1)),
      ]);
      await exclusive('two', work('c', 1));
    });
    await Promise.all([outer, exclusive('one', work('d', 1))]);
    const order = ['a', 'b', 'c', 'd'];
    expect(log).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
  },
);

test('what work has left running no longer has its key', async () => {
  const exclusive = createExclusive();
  const { log, work } = recorder();
  let left: Promise<unknown> = Promise.resolve();
  await exclusive('one', () => {
    left = wait(5).then(() => exclusive('one', work('left', 1)));
    return Promise.resolve();
  });
  await Promise.all([exclusive('one', work('next', 30)), left]);
  expect(log).toEqual(['next begins', 'next ends', 'left begins', 'left ends']);
});

test('who cancels while waiting does not wait, and is not in the way', async () => {
  const exclusive = createExclusive();
  const { log, work } = recorder();
  const controller = new AbortController();
  const first = exclusive('one', work('first', 50));
  const second = exclusive('one', work('second', 1), controller.signal);
  const third = exclusive('one', work('third', 1), new AbortController().signal);
  setTimeout(() => {
    controller.abort(new Error('enough'));
  }, 5);
  await expect(second).rejects.toThrow('enough');
  expect(log).toEqual(['first begins']);
  await expect(exclusive('two', work('no', 1), AbortSignal.abort())).rejects.toThrow();
  await Promise.all([first, third]);
  expect(log).toEqual(['first begins', 'first ends', 'third begins', 'third ends']);
});

test('who cancels after the beginning gets what the work gives', async () => {
  const exclusive = createExclusive();
  const controller = new AbortController();
  const { work } = recorder();
  const done = exclusive('one', work('done', 30), controller.signal);
  setTimeout(() => {
    controller.abort();
  }, 10);
  await expect(done).resolves.toBe('done');
});

test('a limit lets so many work at a time', async () => {
  const limited = createLimit(2);
  let active = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    active += 1;
    most = Math.max(most, active);
    await wait(5);
    active -= 1;
  };
  await Promise.all(Array.from({ length: 7 }, () => limited(work)));
  expect(most).toBe(2);
});

test('other processes are kept away once for work and what is inside of it, unless calls are enough', async () => {
  const keys: string[] = [];
  const exclusive = createExclusive(undefined, (key, work) => {
    keys.push(key);
    return work();
  });
  await exclusive('one', () => exclusive('one', () => Promise.resolve()));
  await exclusive('two', () => Promise.resolve(), undefined, 'processes');
  await exclusive('three', () => Promise.resolve(), undefined, 'calls');
  expect(keys).toEqual(['one', 'two']);
});
