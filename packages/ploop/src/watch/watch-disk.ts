import { watch as watchDirectory, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { DescriptorError } from '@ploop/descriptor';
import { refuseTooManyOpen, runAsync } from '@ploop/descriptor/internal';
import { RefusedError } from '@ploop/runner';

import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { changesOf } from './changes-of.ts';
import type { DiskChange } from './disk-change.ts';

/** How a disk is watched. */
export interface WatchOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often the descriptor is looked at where nothing is heard of its directory, in milliseconds: network file systems
   * send no events. Up to 24 days. Default 1000.
   */
  readonly intervalMs?: number | undefined;
}

/** So many changes wait for a slow reader; then what happens is only noted when there is room again. */
const MOST_WAITING = 1024;
/** A descriptor that cannot be read may be one that is being written. In milliseconds. */
const GRACE_MS = 200;

/** Timers count to here, and fire at once beyond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Looked = DiskState | DescriptorError;

/** The changes of a disk from now on, by comparing its descriptor with what it was. */
export function watchDisk(
  source: Source,
  lifetime: AbortSignal,
  { signal, intervalMs = 1000 }: WatchOptions = {},
): AsyncIterable<DiskChange> {
  if (!(intervalMs > 0 && intervalMs <= LONGEST_TIMER_MS))
    throw new RefusedError('OPTION_INVALID', `intervalMs is ${String(intervalMs)}`);
  const first = look(source);
  // The iteration rejects with it.
  first.catch(() => undefined);
  const over = new AbortController();
  const ends = [over.signal, lifetime, ...(signal === undefined ? [] : [signal])];
  return deliver(observe(source, first, AbortSignal.any(ends), intervalMs), over);
}

/** Hands over what is observed; the stream keeps what the reader has not taken yet. */
async function* deliver(
  observed: AsyncIterable<DiskChange>,
  over: AbortController,
): AsyncGenerator<DiskChange, void, undefined> {
  const queue = Readable.from(observed, { objectMode: true, highWaterMark: MOST_WAITING });
  try {
    for await (const change of queue) yield change as DiskChange;
  } finally {
    over.abort();
    queue.destroy();
  }
}

async function* observe(
  source: Source,
  first: Promise<Looked>,
  end: AbortSignal,
  intervalMs: number,
): AsyncGenerator<DiskChange, void, undefined> {
  const bell = listen(source.descriptorPath, end);
  try {
    let isReadable = true;
    let known: DiskState | undefined;
    for (let looked = first; !end.aborted; looked = look(source)) {
      const heard = bell.next(intervalMs);
      const now = await looked;
      if (now instanceof DescriptorError) {
        if (isReadable) yield { change: 'unreadable', error: now };
        isReadable = false;
      } else {
        if (!isReadable) yield { change: 'readable' };
        isReadable = true;
        if (known !== undefined && known !== now) yield* changesOf(known, now);
        known = now;
      }
      await heard;
    }
  } finally {
    bell.close();
  }
}

async function look(source: Source): Promise<Looked> {
  const once = async (): Promise<Looked> => {
    try {
      return await runAsync(currentState(source));
    } catch (error) {
      refuseTooManyOpen(source.descriptorPath, error);
      if (error instanceof DescriptorError) return error;
      throw error;
    }
  };
  const looked = await once();
  if (!(looked instanceof DescriptorError)) return looked;
  await delay(GRACE_MS);
  return once();
}

interface Bell {
  /** Resolves when something happens from now on, after a while at the latest. */
  readonly next: (timeoutMs: number) => Promise<void>;
  readonly close: () => void;
}

/** Rings when something happens to a file. If the system sends no events, only the time passes. */
function listen(path: string, end: AbortSignal): Bell {
  let ring = (): void => undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watchDirectory(dirname(path), (_event, name) => {
      if (name === null || name.startsWith(basename(path))) ring();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = undefined;
  }
  const onEnd = (): void => {
    ring();
  };
  end.addEventListener('abort', onEnd);
  return {
    next: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
        if (end.aborted) ring();
      }),
    close: () => {
      ring();
      end.removeEventListener('abort', onEnd);
      watcher?.close();
    },
  };
}
