import { isTooManyOpen } from '@ploop/descriptor/internal';

/** A file of a pool: open while it is used, and as long after that as no other one needs its place. */
interface PooledFile<Handle> {
  /** Waits until the file is open, does `work`, and returns its result. */
  readonly use: <Result>(work: (handle: Handle) => Promise<Result>) => Promise<Result>;
}

/** How the files of a pool are opened and closed. */
export interface FilePoolOptions<Handle> {
  /** Most files open at a time. Fewer are, down to one, if the system allows no more. */
  readonly most: number;
  readonly close: (handle: Handle) => Promise<void>;
}

/** Files of which only some are open at a time, the last ones that were used. */
export interface FilePool<Handle> {
  /**
   * Adds a file, which is opened when it is used, and again each time that it was closed meanwhile.
   *
   * @param closedError - The error of a use that begins after `close`, or still waits then.
   */
  readonly add: (open: () => Promise<Handle>, closedError: () => Error) => PooledFile<Handle>;
  /** Closes all files. What is done with them ends first; what waits for one fails. */
  readonly close: () => Promise<void>;
}

interface Entry<Handle> {
  readonly open: () => Promise<Handle>;
  readonly closedError: () => Error;
  handle: Handle | undefined;
  users: number;
  /** Present while it is being opened. */
  waiting: Take<Handle>[] | undefined;
}

interface Take<Handle> {
  readonly entry: Entry<Handle>;
  readonly resolve: (handle: Handle) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a pool. Nothing in it is awaited between a look at its state and the change that follows: each change that can let
 * a take go on calls `advance`, which serves the takes in their order.
 */
export function createFilePool<Handle>({ most, close }: FilePoolOptions<Handle>): FilePool<Handle> {
  let limit = most;
  /** Files that are open, that are being opened, or that are being closed. */
  let held = 0;
  let isClosed = false;
  let whenEmpty: (() => void) | undefined;
  /** Open and not used, the one that was used first in front. */
  const idle = new Set<Entry<Handle>>();
  let queue: Take<Handle>[] = [];

  const closeHandle = (handle: Handle): Promise<void> => close(handle).catch(() => undefined);

  const leave = (): void => {
    held -= 1;
    if (held === 0) whenEmpty?.();
    advance();
  };

  const discard = (handle: Handle): void => {
    void closeHandle(handle).then(leave);
  };

  const opened = (entry: Entry<Handle>, handle: Handle): void => {
    const takes = entry.waiting ?? [];
    entry.waiting = undefined;
    if (isClosed) {
      for (const { reject } of takes) reject(entry.closedError());
      discard(handle);
      return;
    }
    entry.handle = handle;
    entry.users = takes.length;
    for (const { resolve } of takes) resolve(handle);
    advance();
  };

  const failed = (entry: Entry<Handle>, error: unknown): void => {
    const takes = entry.waiting ?? [];
    entry.waiting = undefined;
    const others = held - 1;
    if (isTooManyOpen(error) && others > 0 && !isClosed) {
      // As many as are open now have to do: these takes come next when one of them is not used.
      limit = others;
      queue = [...takes, ...queue];
    } else for (const { reject } of takes) reject(error);
    leave();
  };

  const start = async (entry: Entry<Handle>, replaced: Handle | undefined): Promise<void> => {
    let handle: Handle;
    try {
      if (replaced !== undefined) await closeHandle(replaced);
      handle = await entry.open();
    } catch (error) {
      failed(entry, error);
      return;
    }
    opened(entry, handle);
  };

  const advance = (): void => {
    for (let take = queue[0]; take !== undefined; take = queue[0]) {
      const { entry } = take;
      if (entry.handle !== undefined) {
        begin(entry);
        take.resolve(entry.handle);
      } else if (entry.waiting !== undefined) entry.waiting.push(take);
      else {
        const [oldest] = idle;
        if (held >= limit && oldest === undefined) return;
        entry.waiting = [take];
        if (held < limit) {
          held += 1;
          void start(entry, undefined);
        } else if (oldest !== undefined) {
          idle.delete(oldest);
          const { handle } = oldest;
          oldest.handle = undefined;
          void start(entry, handle);
        }
      }
      queue.shift();
    }
  };

  const begin = (entry: Entry<Handle>): void => {
    entry.users += 1;
    idle.delete(entry);
  };

  const end = (entry: Entry<Handle>): void => {
    entry.users -= 1;
    const { handle } = entry;
    if (entry.users > 0 || handle === undefined) return;
    if (isClosed) {
      entry.handle = undefined;
      discard(handle);
      return;
    }
    idle.add(entry);
    advance();
  };

  const taken = (entry: Entry<Handle>): Promise<Handle> =>
    new Promise((resolve, reject) => {
      queue.push({ entry, resolve, reject });
      advance();
    });

  return {
    add: (open, closedError) => {
      const [handle, waiting] = [undefined, undefined];
      const entry: Entry<Handle> = { open, closedError, handle, users: 0, waiting };
      return {
        use: async (work) => {
          if (isClosed) throw closedError();
          let { handle } = entry;
          if (handle === undefined) handle = await taken(entry);
          else begin(entry);
          try {
            return await work(handle);
          } finally {
            end(entry);
          }
        },
      };
    },
    close: () => {
      isClosed = true;
      for (const { entry, reject } of queue.splice(0)) reject(entry.closedError());
      for (const entry of idle) {
        const { handle } = entry;
        entry.handle = undefined;
        if (handle !== undefined) discard(handle);
      }
      idle.clear();
      if (held === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const earlier = whenEmpty;
        whenEmpty = () => {
          earlier?.();
          resolve();
        };
      });
    },
  };
}
