import { setTimeout } from 'node:timers/promises';

import { perform, type Steps } from '@ploop/descriptor/internal';

/** Waits, in milliseconds. */
export function pause(ms: number): Steps<void> {
  return perform({
    sync: () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    },
    async: () => setTimeout(ms),
  });
}
