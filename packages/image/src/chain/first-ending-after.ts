/** Index of the first of `count` pieces, in order, that ends after a byte; `count` if none does. */
export function firstEndingAfter(
  count: number,
  endOf: (index: number) => number,
  byte: number,
): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOf(middle) <= byte) low = middle + 1;
    else high = middle;
  }
  return low;
}
