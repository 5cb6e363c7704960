/** Bytes in use until they are given back. */
interface Loan {
  /** Their content is unknown. */
  readonly bytes: Uint8Array;
  readonly giveBack: () => void;
}

/** Memory for what is under way on all connections, with an upper bound. */
export interface Memory {
  /** Waits until so many bytes are free, in the order of the calls. `length`: at most the bound. */
  readonly lend: (length: number) => Promise<Loan>;
  /** The same without waiting, beyond the bound if need be. */
  readonly lendAtOnce: (length: number) => Loan;
  /** Whether somebody waits. */
  readonly isShort: () => boolean;
}

/** Smaller blocks are not worth keeping. */
const LEAST_KEPT = 2 ** 12;

/**
 * Memory of at most `most` bytes. Blocks are kept and used again: new ones for each request would be freed too late.
 *
 * @param onWait - Called when a loan has to wait.
 */
export function createMemory(most: number, onWait: () => void): Memory {
  const kept = new Map<number, Uint8Array[]>();
  const waiting: { readonly length: number; readonly start: () => void }[] = [];
  let used = 0;
  let keptBytes = 0;

  function block(size: number): Uint8Array {
    const found = kept.get(size)?.pop();
    if (found === undefined) return Buffer.allocUnsafeSlow(size);
    keptBytes -= size;
    return found;
  }

  function keep(whole: Uint8Array): void {
    // Blocks of a size that nobody asks for any more give way to those in use.
    if (keptBytes + whole.length > most / 4) return;
    keptBytes += whole.length;
    const list = kept.get(whole.length) ?? [];
    list.push(whole);
    kept.set(whole.length, list);
  }

  function loan(length: number, size: number): Loan {
    const whole = block(size);
    let isOut = true;
    return {
      bytes: whole.subarray(0, length),
      giveBack: () => {
        if (!isOut) return;
        isOut = false;
        used -= size;
        keep(whole);
        next();
      },
    };
  }

  function next(): void {
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      if (used + first.length > most && used > 0) return;
      waiting.shift();
      used += first.length;
      first.start();
    }
  }

  return {
    isShort: () => waiting.length > 0,
    lendAtOnce: (length) => {
      const size = sizeOf(length);
      used += size;
      return loan(length, size);
    },
    lend: (length) =>
      new Promise((resolve) => {
        const size = sizeOf(length);
        waiting.push({
          length: size,
          start: () => {
            resolve(loan(length, size));
          },
        });
        next();
        if (waiting.length > 0) onWait();
      }),
  };
}

/** Blocks have few sizes, so that they can be used again. */
function sizeOf(length: number): number {
  return Math.max(LEAST_KEPT, 2 ** Math.ceil(Math.log2(length)));
}

/** Bytes that each connection can have at once, however short memory is. */
const SHARE_BYTES = 2 ** 18;

/** The memory of one connection. If it holds nothing, a short loan does not wait: others cannot keep it from going on. */
export function shareOf(memory: Memory): Pick<Memory, 'lend'> {
  let loans = 0;
  return {
    lend: async (length) => {
      const isAtOnce = loans === 0 && length <= SHARE_BYTES;
      loans += 1;
      const { bytes, giveBack } = isAtOnce ? memory.lendAtOnce(length) : await memory.lend(length);
      return {
        bytes,
        giveBack: () => {
          loans -= 1;
          giveBack();
        },
      };
    },
  };
}
