/** Most bits held at a time: 64 MiB of memory, one pass over every image of version 1 and over one of 16 TiB. */
export const WINDOW_BITS = 2 ** 29;

/** A set of numbers from `first` to below `end`, one bit each. */
export interface ClusterBits {
  /** Adds a number; returns whether it is new. Numbers outside of the window are never new and never added. */
  readonly add: (value: number) => boolean;
  readonly has: (value: number) => boolean;
  readonly size: () => number;
}

/** An empty set of numbers from `first` to below `end`. */
export function createClusterBits(first: number, end: number): ClusterBits {
  const length = Math.max(0, end - first);
  const words = new Uint32Array(Math.ceil(length / 32));
  let size = 0;
  return {
    add: (value) => {
      const bit = value - first;
      if (bit < 0 || bit >= length) return false;
      // A window is below 2^31, so that bits of integers do.
      const index = bit >>> 5;
      const word = words[index] ?? 0;
      const mask = 1 << (bit & 31);
      if ((word & mask) !== 0) return false;
      words[index] = word | mask;
      size += 1;
      return true;
    },
    has: (value) => {
      const bit = value - first;
      return bit >= 0 && ((words[Math.floor(bit / 32)] ?? 0) & (1 << (bit & 31))) !== 0;
    },
    size: () => size,
  };
}
