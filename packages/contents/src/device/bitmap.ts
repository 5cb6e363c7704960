const BITS_LOG = 12;
const BITS = 2 ** BITS_LOG;

/** A set of whole numbers: a bit for each, in pages that exist only if a number in them was added. */
export interface Bitmap {
  /** Adds a number; false if it was there already. */
  readonly add: (number: number) => boolean;
}

/** An empty set. */
export function bitmap(): Bitmap {
  const pages = new Map<number, Uint8Array>();
  return {
    add: (number) => {
      const index = Math.floor(number / BITS);
      const bit = number % BITS;
      let page = pages.get(index);
      if (page === undefined) pages.set(index, (page = new Uint8Array(BITS / 8)));
      const [at, mask] = [bit >> 3, 1 << (bit & 7)];
      const byte = page[at] ?? 0;
      page[at] = byte | mask;
      return (byte & mask) === 0;
    },
  };
}
