import { setTimeout as wait } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { createExclusive } from './exclusive.ts';

test('work on one key is done in turn, on different keys at a time', async () => {
  const exclusive = createExclusive();
  const log: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await wait(ms);
    log.push(`${name} ends`);
    return name;
  };
  const failing = exclusive('one', async () => {
    await wait(5);
    throw new Error('failed');
  });
  const rest = [
    exclusive('one', work('a', 30)),
    exclusive('one', work('b', 1)),
    exclusive('two', work('c', 1)),
  ];
  await expect(failing).rejects.toThrow('failed');
  expect(await Promise.all(rest)).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['c begins', 'c ends', 'a begins', 'a ends', 'b begins', 'b ends']);
});
