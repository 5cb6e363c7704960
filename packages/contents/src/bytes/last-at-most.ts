/** The last of ascending places that is at most `place`; -1 if none is. */
export function lastAtMost(ascending: ArrayLike<number>, place: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
