import { setTimeout as wait } from 'node:timers/promises';

import { isPloopError } from '../errors/errors.ts';

/** How to go on when the lock of a disk is held by somebody else. */
export interface LockRetry {
  /** Milliseconds from the first try after which none is begun any more. A try itself can wait 60 s for the lock. */
  readonly deadlineMs: number;
  /** Milliseconds before the second try. Default 1,000; each further wait is twice as long. */
  readonly firstDelayMs?: number | undefined;
  /** The longest wait in milliseconds. Default 30,000. */
  readonly longestDelayMs?: number | undefined;
}

/**
 * Does the work until it does not fail for the lock of the disk, or the deadline is over; then the last failure stands.
 * Waits differ by chance up to a half, so that several who wait do not try at the same time. A caller who cancels meanwhile
 * gets `cancelled()`; a try that succeeds has succeeded.
 */
export async function retryLocked<Result>(
  work: () => Promise<Result>,
  retry: LockRetry | undefined,
  { signal, cancelled }: { signal: AbortSignal | undefined; cancelled: () => Error },
): Promise<Result> {
  if (retry === undefined) return work();
  const { deadlineMs, firstDelayMs = 1_000, longestDelayMs = 30_000 } = retry;
  const deadline = performance.now() + deadlineMs;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, longestDelayMs)) {
    try {
      return await work();
    } catch (error) {
      const ms = Math.min(delayMs, longestDelayMs) * (1 - Math.random() / 2);
      const isOver = performance.now() + ms >= deadline;
      if (!isPloopError(error) || !error.retryable || isOver) throw error;
      await wait(ms, undefined, { signal }).catch(() => {
        throw cancelled();
      });
      // A timer on a busy machine is late.
      if (performance.now() >= deadline) throw error;
    }
  }
}
