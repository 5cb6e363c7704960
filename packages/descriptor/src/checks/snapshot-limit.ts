import type { Check } from './check.ts';

/** Images that the chain of the top can have at most, in every release. */
const MOST_IMAGES = 127;
/** From here on it is worth knowing. */
const FEW = 10;

/** How many more snapshots can be taken; side branches do not count. */
export const snapshotLimit: Check = (_descriptor, { top, active }, report) => {
  if (top < 0) return;
  let images = 0;
  for (const mark of active()) images += mark;
  const left = MOST_IMAGES - images;
  if (left <= FEW) report('SNAPSHOTS_LEFT', { left: Math.max(0, left) }, { shot: top });
};
