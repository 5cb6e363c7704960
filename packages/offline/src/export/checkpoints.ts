/** How much is written until the next record of how far it has come. */
const CHECKPOINT_BYTES = 512 << 20;

/** Records of how far a file has come, made beside the writing. */
export interface Checkpoints {
  /** Makes one now. */
  readonly record: (done: number) => Promise<void>;
  /** Hears how far it has come, and makes one now and then. */
  readonly reached: (done: number) => void;
  /** Waits for the one that is being made. */
  readonly settled: () => Promise<void>;
  /** What the last one says. */
  readonly recorded: () => number;
}

/** Checkpoints from a byte on; one at a time. */
export function createCheckpoints(
  start: number,
  write: (done: number) => Promise<void>,
): Checkpoints {
  let last = start;
  let recorded = start;
  let isBusy = false;
  let running: Promise<void> = Promise.resolve();
  const record = async (done: number): Promise<void> => {
    await write(done);
    recorded = done;
  };
  return {
    record,
    reached: (done) => {
      if (isBusy || done - last < CHECKPOINT_BYTES) return;
      [isBusy, last] = [true, done];
      running = record(done)
        // Without a record the next export has more to do. Lost data surface at the next sync.
        .catch(() => undefined)
        .finally(() => (isBusy = false));
    },
    settled: () => running,
    recorded: () => recorded,
  };
}
