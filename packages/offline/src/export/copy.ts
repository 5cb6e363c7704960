/** How far an export has come. */
export interface ExportProgress {
  /** Everything before this byte of the disk is done. */
  readonly position: number;
  /** Bytes of the disk. */
  readonly size: number;
  /** Bytes of data written so far, zeros that no image holds not counted. */
  readonly data: number;
}

/** A part of a disk on its way to where it is exported to. */
export interface CopyStep {
  /** First byte of the disk. */
  readonly start: number;
  /** First byte that is not part of it any more. */
  readonly end: number;
  /** Bytes of data in it. */
  readonly data: number;
  readonly copy: () => Promise<void>;
}

/** What a copy is accompanied by. */
export interface CopyOptions {
  /** Byte of the disk to begin with. */
  readonly start: number;
  /** Bytes of the disk. */
  readonly size: number;
  /** Most steps under way. */
  readonly most: number;
  /** Whether the steps must cover every byte of the disk. */
  readonly complete: boolean;
  /** Hears that everything before byte `done` is written. */
  readonly reached: ((done: number) => void) | undefined;
  /** Must not throw. */
  readonly progress: (progress: ExportProgress) => void;
  readonly signal: AbortSignal;
}

/** How far a copy came, be it to its end. */
export interface Copied {
  readonly done: number;
  readonly data: number;
  readonly failure?: { readonly error: unknown };
}

/**
 * Does steps, which come in the order of the disk, several at a time; between two of them nothing needs to be written,
 * unless they must be complete. All have settled at the end. A failure is part of the result.
 */
export async function copySteps(
  steps: AsyncIterable<CopyStep>,
  { start, size, most, complete, reached, progress, signal }: CopyOptions,
): Promise<Copied> {
  /** The steps under way, by where they begin; in the order of the disk. */
  const underWay = new Map<number, Promise<void>>();
  const failures: unknown[] = [];
  let [at, data] = [start, 0];

  const expect = (position: number): void => {
    if (complete && position !== at)
      throw new TypeError(`nothing is written from byte ${String(at)} to ${String(position)}`);
  };
  const done = (): number => {
    const [oldest] = underWay.keys();
    return oldest ?? at;
  };
  const ended = (step: CopyStep): void => {
    underWay.delete(step.start);
    data += step.data;
    if (failures.length > 0) return;
    reached?.(done());
    progress({ position: done(), size, data });
  };
  const begin = (step: CopyStep): void => {
    const settled = step
      .copy()
      .then(() => {
        ended(step);
      })
      .catch((error: unknown) => {
        // A step that fails stays under way, so that nothing after it counts as done.
        failures.push(error);
      });
    underWay.set(step.start, settled);
    at = step.end;
  };

  try {
    for await (const step of steps) {
      signal.throwIfAborted();
      if (failures.length > 0) break;
      expect(step.start);
      begin(step);
      while (underWay.size >= most && failures.length === 0) await Promise.race(underWay.values());
    }
    await Promise.all(underWay.values());
    if (failures.length === 0) {
      expect(size);
      at = size;
    }
    signal.throwIfAborted();
  } catch (error) {
    failures.push(error);
    await Promise.all(underWay.values());
  }
  progress({ position: done(), size, data });
  return { done: done(), data, ...(failures.length > 0 && { failure: { error: failures[0] } }) };
}
