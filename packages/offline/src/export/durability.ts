import type { FileHandle } from 'node:fs/promises';

/** What waits until a file is on the disk. */
export interface Durability {
  /** Waits for the data. */
  readonly data: () => Promise<void>;
  /** Waits for all of the file. */
  readonly all: () => Promise<void>;
  /** Throws where waiting has failed. */
  readonly check: () => void;
}

/**
 * Waits until a file is on the disk; once that has failed it fails for ever. Linux reports data that it could not write
 * once to each open file, drops them, and has nothing to complain of the next time (fsync(2), since 4.13).
 */
export function durability(handle: FileHandle): Durability {
  let failure: { readonly error: unknown } | undefined;
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  const wait = async (done: Promise<void>): Promise<void> => {
    try {
      await done;
    } catch (error) {
      failure ??= { error };
    }
    check();
  };
  return {
    data: () => wait(handle.datasync()),
    all: () => wait(handle.sync()),
    check,
  };
}
