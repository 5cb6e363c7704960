import pLimit, { type LimitFunction } from 'p-limit';

/** Runs work that has the same key one after the other, in the order of the calls. */
export type Exclusive = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** An {@link Exclusive} of its own, which forgets keys that nobody waits for. */
export function createExclusive(): Exclusive {
  const limits = new Map<string, LimitFunction>();
  return async (key, work) => {
    const limit = limits.get(key) ?? pLimit(1);
    limits.set(key, limit);
    try {
      return await limit(work);
    } finally {
      if (limit.activeCount + limit.pendingCount === 0 && limits.get(key) === limit)
        limits.delete(key);
    }
  };
}
