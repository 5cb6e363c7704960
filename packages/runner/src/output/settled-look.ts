import { setTimeout as wait } from 'node:timers/promises';

import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';

/** A program that changes the disk may take minutes. */
const LOCK_MS = 2_000;
/** Between the last change of a descriptor and what is removed after it. */
const PAUSE_MS = 250;
const MOST_LOOKS = 8;

/** How a disk is looked at that others may be changing. */
export interface SettledLook<Seen> {
  readonly look: () => Promise<Seen>;
  /** Whether two looks have seen the same. */
  readonly isSame: (one: Seen, other: Seen) => boolean;
  /** Does work while the lock of the tool is held; rejects if it cannot be within so many milliseconds. Absent: it cannot. */
  readonly hold?: ((work: () => Promise<Seen>, timeoutMs: number) => Promise<Seen>) | undefined;
  /** Whether nothing that others do can change what was seen. Default: it always can. */
  readonly isFinal?: ((seen: Seen) => boolean) | undefined;
}

/**
 * Looks at a disk while no run of the tool changes it: under the lock of the tool if that can be held, else until two looks
 * some time apart have seen the same.
 */
export async function settledLook<Seen>(options: SettledLook<Seen>): Promise<Seen> {
  requireCall(FUNCTIONS.settledLook, [options]);
  const { look, isSame, hold, isFinal = () => false } = options;
  const whileHeld: { seen?: Promise<Seen> } = {};
  try {
    if (hold !== undefined) return await hold(() => (whileHeld.seen = look()), LOCK_MS);
  } catch (error) {
    // It was the look that failed, not the lock.
    if (whileHeld.seen !== undefined) throw error;
  }
  let seen = await look();
  for (let count = 1; count < MOST_LOOKS && !isFinal(seen); count += 1) {
    await wait(PAUSE_MS);
    const again = await look();
    if (isSame(again, seen)) return again;
    seen = again;
  }
  return seen;
}
