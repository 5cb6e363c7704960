import type { Chain } from '../../image/open-chain.ts';
import { unreadable } from '../../image/read-at.ts';
import { reasonOf } from '../failure.ts';
import type { CopyStep } from './copy.ts';
import type { LanePart, LaneTask } from './lane-messages.ts';
import { LaneError, type Lane } from './lanes.ts';
import type { Sink } from './sink.ts';

/** Most bytes that a lane gets at a time. */
const TASK_BYTES = 4 << 20;
const TASK_PARTS = 256;
/** How much faster zeros are written than data are copied. */
const ZEROS_LIGHTER = 16;

/** Copies by threads, each task by the one that has the least to do. */
export async function* laneSteps(
  chain: Chain,
  sink: Sink,
  lanes: readonly Lane[],
  signal: AbortSignal,
): AsyncGenerator<CopyStep, void, undefined> {
  const copy = async (task: LaneTask): Promise<void> => {
    const lane = lanes.reduce((one, other) => (other.waiting() < one.waiting() ? other : one));
    try {
      await lane.copy(task);
    } catch (error) {
      const source = chain.layers.find(({ source: { fd } }) => isOf(error, fd))?.source;
      throw source === undefined ? error : unreadable(source.file, reasonOf(error), error);
    }
  };

  for await (const task of tasks(chain, sink, signal)) {
    const [first, last] = [task[0], task.at(-1)];
    if (first === undefined || last === undefined) continue;
    const data = task.reduce((sum, { fd, length }) => (fd === -1 ? sum : sum + length), 0);
    const end = last.position + last.length;
    yield { start: first.position, end, data, copy: () => copy(task) };
  }
}

function isOf(error: unknown, fd: number | undefined): boolean {
  return error instanceof LaneError && error.fd === fd;
}

/** What there is to copy, in order, put together and cut. */
async function* tasks(
  chain: Chain,
  { start, zeros }: Sink,
  signal: AbortSignal,
): AsyncGenerator<LaneTask, void, undefined> {
  let task: LanePart[] = [];
  let left = TASK_BYTES;
  for await (const segments of chain.segments({ start })) {
    signal.throwIfAborted();
    for (const segment of segments) {
      if (segment.layer === -1 && zeros === undefined) continue;
      const fd = chain.layers[segment.layer]?.source.fd ?? -1;
      const weight = fd === -1 ? 1 / ZEROS_LIGHTER : 1;
      for (let done = 0; done < segment.length;) {
        const length = Math.min(Math.ceil(left / weight), segment.length - done);
        const [position, offset] = [segment.start + done, segment.offset + done];
        task.push({ position, length, fd, offset });
        done += length;
        left -= length * weight;
        if (left > 0 && task.length < TASK_PARTS) continue;
        yield task;
        task = [];
        left = TASK_BYTES;
      }
    }
  }
  if (task.length > 0) yield task;
}
