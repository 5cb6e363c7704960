import { AsyncLocalStorage } from 'node:async_hooks';

import pLimit, { type LimitFunction } from 'p-limit';

import { onAbort } from '../exec/on-abort.ts';

/**
 * Runs work that has the same key one after the other, in the order of the calls. Work that is done inside of other work
 * on the same key is part of that and does not wait. Rejects with the reason of `signal` where it is cancelled before it begins.
 */
export type Exclusive = <Result>(
  key: string,
  work: () => Promise<Result>,
  signal?: AbortSignal,
  among?: Among,
) => Promise<Result>;

/**
 * With what work takes turns. `processes`: other processes that use the package as well; they wait for 60 s and then fail.
 * `calls`: other calls in this process only, for work that can take hours while others may change the disk.
 */
export type Among = 'processes' | 'calls';

/** Does work with a key while no other process does. */
export type Alone = <Result>(
  key: string,
  work: () => Promise<Result>,
  signal?: AbortSignal,
) => Promise<Result>;

/** Turns in one process are enough. */
const anyway: Alone = (_key, work) => work();

/** A key that some work has. It can outlive the work in what that left running. */
interface Hold {
  readonly key: string;
  /** Where work on the same key inside of it takes turns. */
  readonly inside: LimitFunction;
  isOver: boolean;
}

/**
 * An {@link Exclusive} of its own.
 *
 * @param resolveKey - What different spellings of a key have in common.
 * @param alone - Keeps other processes away.
 */
export function createExclusive(
  resolveKey: (key: string) => Promise<string> = (key) => Promise.resolve(key),
  alone: Alone = anyway,
): Exclusive {
  // A spelling is resolved in turn with itself, which keeps the order of calls where the answer takes its time.
  const spellings = createTurns();
  const keys = createTurns();
  const holds = new AsyncLocalStorage<readonly Hold[]>();

  return async (spelling, work, signal, among = 'processes') => {
    const outer = (holds.getStore() ?? []).filter(({ isOver }) => !isOver);
    const holding = (key: string) => async () => {
      const hold: Hold = { key, inside: pLimit(1), isOver: false };
      try {
        return await holds.run([...outer, hold], work);
      } finally {
        hold.isOver = true;
      }
    };
    if (outer.length > 0) {
      const key = await resolveKey(spelling);
      const hold = outer.findLast((candidate) => candidate.key === key);
      if (hold !== undefined) return inTurn(hold.inside, holding(key), signal);
    }
    const resolveAndWait = async () => {
      const key = await resolveKey(spelling);
      const hold = holding(key);
      return keys(key, among === 'calls' ? hold : () => alone(key, hold, signal), signal);
    };
    return spellings(spelling, resolveAndWait, signal);
  };
}

/** Lets work on a key begin as other work on it ends, and forgets keys that nobody waits for. */
function createTurns(): Exclusive {
  const limits = new Map<string, LimitFunction>();
  return (key, work, signal) => {
    const limit = limits.get(key) ?? pLimit(1);
    limits.set(key, limit);
    return inTurn(limit, work, signal, () => {
      if (limit.activeCount + limit.pendingCount === 0 && limits.get(key) === limit)
        limits.delete(key);
    });
  };
}

/** Work that takes its turn in a limit, unless it is cancelled before. */
function inTurn<Result>(
  limit: LimitFunction,
  work: () => Promise<Result>,
  signal?: AbortSignal,
  after: () => void = () => undefined,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      reject(signal?.reason as Error);
    };
    const forget = onAbort(signal, cancel);
    const begin = async (): Promise<void> => {
      forget();
      if (signal?.aborted === true) cancel();
      else await work().then(resolve, reject);
    };
    void limit(begin).finally(after);
    if (signal?.aborted === true) cancel();
  });
}

/** A limit of so many at a time, in the order of the calls. */
export function createLimit(
  concurrency: number,
): <Result>(work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result> {
  const limit = pLimit(concurrency);
  return (work, signal) => inTurn(limit, work, signal);
}
