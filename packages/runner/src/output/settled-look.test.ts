import { expect, test } from 'vitest';

import { settledLook } from './settled-look.ts';

/** Sees one number after the other, the last one for ever. */
function seeing(...numbers: readonly number[]): {
  look: () => Promise<number>;
  count: () => number;
} {
  let count = 0;
  return {
    look: () => Promise.resolve(numbers[Math.min((count += 1), numbers.length) - 1] ?? NaN),
    count: () => count,
  };
}
const isSame = (one: number, other: number): boolean => one === other;
const refused = (): Promise<never> => Promise.reject(new Error('locked'));

test('one look is enough while the lock is held', async () => {
  const { look, count } = seeing(1, 2);
  expect(await settledLook({ look, isSame, hold: (work) => work() })).toBe(1);
  expect(count()).toBe(1);
});

test.each([undefined, refused])('without the lock two looks must see the same', async (hold) => {
  const { look, count } = seeing(1, 2, 3);
  expect(await settledLook({ look, isSame, hold })).toBe(3);
  expect(count()).toBe(4);
});

test('what is final needs no further look', async () => {
  const { look, count } = seeing(1, 2, 3, 4);
  expect(await settledLook({ look, isSame, isFinal: (seen) => seen === 2 })).toBe(2);
  expect(count()).toBe(2);
});

test('a disk that never settles is looked at a few times', async () => {
  const { look, count } = seeing(...Array.from({ length: 20 }, (_, index) => index));
  await settledLook({ look, isSame });
  expect(count()).toBe(8);
});

test('a look that fails while the lock is held is not made again', async () => {
  const look = (): Promise<number> => Promise.reject(new Error('unreadable'));
  const hold = (work: () => Promise<number>): Promise<number> => work();
  await expect(settledLook({ look, isSame, hold })).rejects.toThrow('unreadable');
});
