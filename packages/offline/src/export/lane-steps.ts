import { readFully, unreadable, type ImageSource } from '@ploop/descriptor/internal';
import { reasonOf } from '@ploop/descriptor/node/internal';
import type { ChainContent } from '@ploop/image';

import type { CopyStep } from './copy.ts';
import type { LanePart, LaneTask } from './lane-messages.ts';
import { LaneError, type Lane } from './lanes.ts';
import type { Sink } from './sink.ts';

/** What a lane gets at a time: each task takes turns of the event loop, whose thread competes with the lanes. */
const MOST_BYTES = 16 << 20;
const LEAST_BYTES = 1 << 20;
const MOST_PARTS = 1024;
/** How many tasks a disk is split into where that makes them no smaller or larger: its end is seen to come closer. */
const TASKS = 128;

/** Copies by threads, each task by the one that has the least to do. */
export async function* laneSteps(
  chain: ChainContent,
  sink: Sink,
  lanes: readonly Lane[],
  signal: AbortSignal,
): AsyncGenerator<CopyStep, void, undefined> {
  const copy = async (task: LaneTask): Promise<void> => {
    const lane = lanes.reduce((one, other) => (other.waiting() < one.waiting() ? other : one));
    const fds = new Set(task.map(({ fd }) => fd));
    const sources = chain.layers.flatMap(({ source }) =>
      source.fd !== undefined && fds.has(source.fd) ? [source] : [],
    );
    try {
      await keptOpen(sources, () => lane.copy(task));
    } catch (error) {
      const source = chain.layers.find(({ source: { fd } }) => isOf(error, fd))?.source;
      throw source === undefined ? error : unreadable(source.file, reasonOf(error), error);
    }
  };

  for await (const task of tasks(chain, sink, signal)) {
    const [first, last] = [task[0], task.at(-1)];
    if (first === undefined || last === undefined) continue;
    const data = task.reduce(
      (sum, { fd, length, bytes }) => (fd === -1 && bytes === undefined ? sum : sum + length),
      0,
    );
    const end = last.position + last.length;
    yield { start: first.position, end, data, copy: () => copy(task) };
  }
}

/** A number of a file that is closed may be that of another one: all files stay open until the work has settled. */
function keptOpen<Result>(
  [source, ...others]: readonly ImageSource[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (source === undefined) return work();
  const next = (): Promise<Result> => keptOpen(others, work);
  return source.keepOpen?.(next) ?? next();
}

function isOf(error: unknown, fd: number | undefined): boolean {
  return error instanceof LaneError && error.fd === fd;
}

/** What there is to copy, in order, put together and cut. */
async function* tasks(
  chain: ChainContent,
  { start, zeros }: Sink,
  signal: AbortSignal,
): AsyncGenerator<LaneTask, void, undefined> {
  let task: LanePart[] = [];
  const most = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.ceil(chain.size / TASKS)));
  let left = most;
  try {
    for await (const segments of chain.segments({ start })) {
      signal.throwIfAborted();
      for (const segment of segments) {
        if (segment.layer === -1 && zeros === undefined) continue;
        const source = chain.layers[segment.layer]?.source;
        const fd = source?.fd ?? -1;
        for (let done = 0; done < segment.length;) {
          const length = Math.min(left, segment.length - done);
          const [position, offset] = [segment.start + done, segment.offset + done];
          const bytes =
            source === undefined || fd !== -1
              ? {}
              : { bytes: await bytesOf(source, offset, length) };
          task.push({ position, length, fd, offset, ...bytes });
          done += length;
          left -= length;
          if (left > 0 && task.length < MOST_PARTS) continue;
          yield task;
          task = [];
          left = most;
        }
      }
    }
  } catch (error) {
    // What comes before it is of use.
    if (task.length > 0) yield task;
    throw error;
  }
  if (task.length > 0) yield task;
}

async function bytesOf(source: ImageSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await readFully(source, bytes, offset);
  return bytes;
}
