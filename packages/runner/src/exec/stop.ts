import { onAbort } from './on-abort.ts';

/** When a program is to be asked to stop. */
export interface StopLimits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly killAfterMs?: number | undefined;
}

/** What a program is asked with. */
export type StopSignal = 'SIGTERM' | 'SIGKILL';

/** Somebody who waits for a reason to stop a program. */
export interface Stop {
  /** Why the program was asked to stop; `undefined` where it was not. */
  readonly why: () => 'cancelled' | 'timedOut' | undefined;
  /** Ends the wait. */
  readonly disarm: () => void;
}

/** Timers count to here, and fire at once beyond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Asks a program to stop when the caller cancels or the time is over, and kills it after `killAfterMs` more, if that is
 * given. `send` says whether the signal arrived.
 */
export function stopOn(limits: StopLimits, send: (signal: StopSignal) => boolean): Stop {
  const { signal, timeoutMs, killAfterMs } = limits;
  const timers: NodeJS.Timeout[] = [];
  let why: ReturnType<Stop['why']>;
  const after = (ms: number | undefined, act: () => void): void => {
    if (ms !== undefined && ms <= LONGEST_TIMER_MS) timers.push(setTimeout(act, ms));
  };
  const stop = (reason: 'cancelled' | 'timedOut'): void => {
    if (why !== undefined || !send('SIGTERM')) return;
    why = reason;
    after(killAfterMs, () => void send('SIGKILL'));
  };
  const cancel = (): void => {
    stop('cancelled');
  };
  const forget = onAbort(signal, cancel);
  if (signal?.aborted === true) cancel();
  after(timeoutMs, () => {
    stop('timedOut');
  });
  return {
    why: () => why,
    disarm: () => {
      forget();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
