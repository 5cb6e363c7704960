import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

import { perform, type Steps } from '@ploop/descriptor/internal';

import { isQuiet, isQuietSync } from '../devices/quiet.ts';
import type { Roots } from '../io/roots.ts';
import type { ImageInfo } from '../values/image-parameters.ts';
import type { NotedStatfs } from '../values/noted.ts';
import type { Evidence } from './evidence.ts';
import { isSettled } from './settled.ts';
import type { DiskState } from './state.ts';

/**
 * An answer, as long as nothing has happened to the files that it was read from. A `quiet` one holds only where the
 * machine has no ploop device, too: a driver may write to an image past the times of the file.
 */
interface Slot<Answer> {
  readonly recall: () => Steps<Answer | undefined>;
  /** {@link recall}, blocking, and without steps: half a microsecond less. */
  readonly recallSync: () => Answer | undefined;
  readonly keep: (answer: Answer, evidence: readonly Evidence[]) => void;
}

/** What a disk remembers: the last answer to each question. */
export interface Memory {
  readonly state: Slot<DiskState>;
  readonly imageInfo: Slot<ImageInfo>;
  readonly statfs: Slot<NotedStatfs>;
}

/** What was read of larger files is not kept: a descriptor of 10,000 snapshots has 4 MB. Images are not kept, only sizes. */
const MOST_BYTES = 16n * 1024n * 1024n;

/**
 * An identity in numbers, which are looked at in half the time: times to a quarter of a microsecond, inodes to 2^53.
 * Nothing is lost by that: what is kept has not been touched for a while, so any change shows in the time of change.
 */
type Trace = Pick<Stats, 'dev' | 'ino' | 'mtimeMs' | 'ctimeMs' | 'size'> & {
  readonly path: string;
};

/** A memory, or one that remembers nothing. */
export function createMemory(remembers: boolean, { sys }: Pick<Roots, 'sys'>): Memory {
  const quietIn = `${sys}/block`;
  return {
    state: createSlot({ remembers, mostBytes: MOST_BYTES }),
    imageInfo: createSlot({ remembers, quietIn }),
    statfs: createSlot({ remembers, quietIn }),
  };
}

interface SlotOptions {
  readonly remembers: boolean;
  readonly mostBytes?: bigint;
  /** The directory of the machine's block devices, for an answer that is quiet. */
  readonly quietIn?: string;
}

function createSlot<Answer>({ remembers, mostBytes, quietIn }: SlotOptions): Slot<Answer> {
  let kept: { answer: Answer; traces: readonly Trace[] } | undefined;
  // One step for all files, made once: this is what a read costs that is repeated.
  const step = {
    sync: () => {
      if (kept === undefined) return undefined;
      const { answer, traces } = kept;
      if ((quietIn === undefined || isQuietSync(quietIn)) && holdsSync(traces)) return answer;
      kept = undefined;
      return undefined;
    },
    async: async () => {
      if (kept === undefined) return undefined;
      const { answer, traces } = kept;
      const quiet = quietIn === undefined || isQuiet(quietIn);
      const holds = await Promise.all([quiet, ...traces.map(holdsAsync)]);
      return holds.every(Boolean) ? answer : undefined;
    },
  };
  return {
    recall: () => perform(step),
    recallSync: step.sync,
    keep: (answer, evidence) => {
      const now = BigInt(Date.now()) * 1_000_000n;
      const canTell = evidence.every(
        ({ identity: { ctimeNs, size } }) =>
          isSettled(ctimeNs, now) && (mostBytes === undefined || size <= mostBytes),
      );
      kept = remembers && canTell ? { answer, traces: evidence.map(traceOf) } : undefined;
    },
  };
}

function traceOf({ path, identity: { dev, ino, mtimeNs, ctimeNs, size } }: Evidence): Trace {
  return {
    path,
    dev: Number(dev),
    ino: Number(ino),
    mtimeMs: inMs(mtimeNs),
    ctimeMs: inMs(ctimeNs),
    size: Number(size),
  };
}

/** Rounded as Node does it. */
function inMs(ns: bigint): number {
  return Number(ns / 1_000_000_000n) * 1000 + Number(ns % 1_000_000_000n) / 1_000_000;
}

function isSame(trace: Trace, now: Stats): boolean {
  return (
    trace.ctimeMs === now.ctimeMs &&
    trace.mtimeMs === now.mtimeMs &&
    trace.size === now.size &&
    trace.ino === now.ino &&
    trace.dev === now.dev
  );
}

function holdsSync(traces: readonly Trace[]): boolean {
  try {
    for (const trace of traces) if (!isSame(trace, statSync(trace.path))) return false;
    return true;
  } catch {
    return false;
  }
}

async function holdsAsync(trace: Trace): Promise<boolean> {
  try {
    return isSame(trace, await stat(trace.path));
  } catch {
    return false;
  }
}
