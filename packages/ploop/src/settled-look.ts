import { setTimeout as wait } from 'node:timers/promises';

import type { Target } from './mutations/target.ts';

/** Whoever changes the disk may take minutes. */
const LOCK_MS = 2_000;
/** Between the last change of a descriptor and what is removed after it. */
const PAUSE_MS = 250;
const MOST_LOOKS = 8;

/**
 * Looks at a disk while no run of the tool changes it: under the tool's lock where that can be held, else until two looks
 * some time apart have seen the same.
 */
export async function settledLook<Seen>(
  { runner, descriptorPath }: Target,
  look: () => Promise<Seen>,
): Promise<Seen> {
  const whileHeld: { seen?: Promise<Seen> } = {};
  try {
    return await runner.locked(descriptorPath, () => (whileHeld.seen = look()), {
      timeoutMs: LOCK_MS,
    });
  } catch (error) {
    // It was the look that failed, not the lock.
    if (whileHeld.seen !== undefined) throw error;
  }
  let seen = await look();
  for (let count = 1; count < MOST_LOOKS; count += 1) {
    await wait(PAUSE_MS);
    const again = await look();
    if (JSON.stringify(again) === JSON.stringify(seen)) return again;
    seen = again;
  }
  return seen;
}
