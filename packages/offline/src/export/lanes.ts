import { Worker } from 'node:worker_threads';

import type { LaneFailure, LaneReply, LaneTarget, LaneTask } from './lane-messages.ts';

/** A thread that copies. */
export interface Lane {
  /** How many tasks it has not done yet. */
  readonly waiting: () => number;
  /** Copies; tasks are done in the order they are given. Rejects with {@link LaneError}. */
  readonly copy: (task: LaneTask) => Promise<void>;
  /** Ends the thread; tasks must have settled. */
  readonly close: () => Promise<void>;
}

/** A file that a lane could not read, or write. */
export class LaneError extends Error {
  /** Number of the open file. */
  readonly fd: number;
  readonly code: string | undefined;

  constructor({ fd, message, code }: LaneFailure) {
    super(message);
    this.fd = fd;
    this.code = code;
  }
}

interface Task {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts as many threads that write to a file. None where threads cannot be started: some bundlers leave their file
 * out, and a process may be forbidden to start any.
 */
export async function startLanes(count: number, target: LaneTarget): Promise<readonly Lane[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, () => startLane(target)));
  const lanes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (lanes.length === count) return lanes;
  await closeLanes(lanes);
  return [];
}

/** Ends threads; their tasks must have settled. */
export async function closeLanes(lanes: readonly Lane[]): Promise<void> {
  await Promise.all(lanes.map((lane) => lane.close()));
}

async function startLane(target: LaneTarget): Promise<Lane> {
  // What the process was started with is of no use to a thread that loads one file.
  const options = { workerData: target, execArgv: [], name: 'ploop export' };
  // Beside a bundle there are files of others: the name must be nobody else's.
  const worker = new Worker(new URL('./ploop-export-lane.js', import.meta.url), options);
  const tasks: Task[] = [];
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of tasks.splice(0)) reject(ended);
  };
  const replied = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (ended === undefined) tasks.push({ resolve, reject });
      else reject(ended);
    });
  worker.on('message', (reply: LaneReply) => {
    const task = tasks.shift();
    if (reply === undefined || reply.done) task?.resolve();
    else task?.reject(new LaneError(reply));
  });
  worker.on('error', end);
  worker.on('exit', () => {
    end(new Error('the thread that copies has ended'));
  });

  await replied();
  return {
    waiting: () => tasks.length,
    copy: (task) => {
      const copied = replied();
      worker.postMessage(task);
      return copied;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
