import { expect, test } from 'vitest';

import { ExitError } from '../errors/errors.ts';
import { NO_RUN } from '../errors/run-facts.ts';
import { retryLocked, type LockRetry } from './lock-retry.ts';

const locked = new ExitError(23, 'LOCK', { ...NO_RUN, retryable: true });
const broken = new ExitError(23, 'LOCK', NO_RUN);

/** Fails with the given errors, then succeeds. */
function tries(...errors: readonly Error[]): { work: () => Promise<string>; count: () => number } {
  let count = 0;
  const work = (): Promise<string> => {
    const error = errors[count];
    count += 1;
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
  return { work, count: () => count };
}
const quick: LockRetry = { deadlineMs: 5_000, firstDelayMs: 1 };
const patient = { signal: undefined, cancelled: () => new Error('cancelled') };

test('a lock that is held is waited for', async () => {
  const { work, count } = tries(locked, locked, locked);
  await expect(retryLocked(work, quick, patient)).resolves.toBe('done');
  expect(count()).toBe(4);
});

test('nothing else is tried again, and nothing at all unless asked', async () => {
  const once = tries(broken);
  await expect(retryLocked(once.work, quick, patient)).rejects.toBe(broken);
  const unasked = tries(locked);
  await expect(retryLocked(unasked.work, undefined, patient)).rejects.toBe(locked);
  expect([once.count(), unasked.count()]).toEqual([1, 1]);
});

test('no try is begun after the deadline, and waits grow up to the longest', async () => {
  const { work, count } = tries(...Array.from({ length: 1_000 }, () => locked));
  const begun: number[] = [];
  const noted = (): Promise<string> => {
    begun.push(performance.now());
    return work();
  };
  const retry = { deadlineMs: 1_500, firstDelayMs: 50, longestDelayMs: 200 };
  await expect(retryLocked(noted, retry, patient)).rejects.toBe(locked);
  expect(Math.max(...begun) - Math.min(...begun)).toBeLessThan(1_500);
  // From 8 to 14 by chance, where waits without end to their growth would allow 6.
  expect(count()).toBeGreaterThan(7);
  expect(count()).toBeLessThan(20);
});

test('who cancels does not wait', async () => {
  const controller = new AbortController();
  const cancelled = (): Error => new Error('cancelled');
  const { work } = tries(locked);
  const failure = retryLocked(
    work,
    { deadlineMs: 60_000, firstDelayMs: 50_000 },
    { signal: controller.signal, cancelled },
  );
  setTimeout(() => {
    controller.abort();
  }, 20);
  await expect(failure).rejects.toThrow('cancelled');
});

test('what succeeds in spite of being cancelled has succeeded', async () => {
  const signal = AbortSignal.abort();
  const { work } = tries();
  await expect(retryLocked(work, quick, { ...patient, signal })).resolves.toBe('done');
});
