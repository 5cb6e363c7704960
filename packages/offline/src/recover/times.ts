import type { LostImage } from './lost-image.ts';

/** Nanoseconds between two files: a copying program usually takes less, the tool more. */
const COPYING = 5_000_000n;
/** Nanoseconds: nothing that a person does follows faster. */
const SECOND = 1_000_000_000n;
/** So few names are in order by chance. */
const FEW = 4;

/** Images in the order in which they were written. */
export function byTime(images: readonly LostImage[]): readonly LostImage[] {
  return images.toSorted((one, other) => compare(one.written, other.written));
}

/**
 * Whether the times of files can be those at which images were made: no two are the same, and they do not look like those
 * of a copy, which writes one file after the other without a pause, often in the order of the names.
 *
 * @param ordered - As {@link byTime} returns them.
 */
export function isPlausible(ordered: readonly LostImage[]): boolean {
  const pauses = ordered.slice(1).map(({ born, written }, index) => {
    const before = ordered[index]?.written ?? 0n;
    // A file that was born after it was written is a copy that has kept the time.
    return (born > written ? written : born) - before;
  });
  const times = new Set(ordered.map(({ written }) => written));
  if (times.size < ordered.length) return false;
  if (ordered.length < 3) return true;
  const middle = pauses.toSorted(compare)[Math.floor(pauses.length / 2)] ?? 0n;
  if (middle >= 0n && middle < COPYING) return false;
  const names = ordered.map(({ name }) => name);
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  const isFast = pauses.every((pause) => pause < SECOND);
  return !(isSorted && isFast && ordered.length >= FEW);
}

function compare(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
