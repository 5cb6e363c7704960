import { dataChunk, doneChunk, holeChunk, simpleReply } from './encode.ts';
import type { Memory } from './memory.ts';
import { REQUEST_FLAG } from './numbers.ts';
import type { Request } from './request.ts';
import type { DiskRange, ServedDisk, StatusRun } from './served-disk.ts';
import { appendRun, type MutableRun } from './status-runs.ts';
import { ConnectionEnded, type Wire } from './wire.ts';

/** What replies need. */
export interface Replying {
  readonly wire: Wire;
  readonly disk: ServedDisk;
  readonly memory: Pick<Memory, 'lend'>;
  readonly isStructured: boolean;
}

/** Bytes of the longest chunk, so that a long read takes little memory. */
const MOST_CHUNK_BYTES = 2 ** 20;
/** Shorter holes are sent as data: a chunk of their own would cost more. */
const LEAST_HOLE_BYTES = 2 ** 15;

/** Answers a read. An exception before anything was sent can still be answered with an error. */
export async function replyToRead(
  replying: Replying,
  request: Request,
  range: DiskRange,
): Promise<void> {
  const { wire, isStructured } = replying;
  const { cookie, flags } = request;
  if (range.start === range.end)
    return wire.send([isStructured ? doneChunk(cookie) : simpleReply(cookie, 0)]);
  if (!isStructured) return sendWhole(replying, range, simpleReply(cookie, 0));
  if ((flags & REQUEST_FLAG.dontFragment) !== 0)
    return sendWhole(replying, range, dataChunk(cookie, true, range.start, lengthOf(range)));
  return sendChunks(replying, cookie, range);
}

function lengthOf({ start, end }: DiskRange): number {
  return end - start;
}

async function sendWhole(
  { wire, disk, memory }: Replying,
  range: DiskRange,
  head: Uint8Array,
): Promise<void> {
  const { bytes, giveBack } = await memory.lend(lengthOf(range));
  try {
    if (wire.hasEnded()) throw new ConnectionEnded();
    await disk.readInto(bytes, range.start);
    await wire.send([head, bytes]);
  } finally {
    giveBack();
  }
}

async function sendChunks(
  replying: Replying,
  cookie: bigint,
  { start, end }: DiskRange,
): Promise<void> {
  const { disk, wire } = replying;
  for (let at = start; at < end;) {
    for (const { length, isZero } of joined(await disk.status({ start: at, end }))) {
      const isDone = at + length === end;
      if (isZero) await wire.send([holeChunk(cookie, isDone, at, length)]);
      else await sendData(replying, cookie, { start: at, end: at + length }, isDone);
      at += length;
    }
  }
}

async function sendData(
  replying: Replying,
  cookie: bigint,
  { start, end }: DiskRange,
  isDone: boolean,
): Promise<void> {
  for (let at = start; at < end; at += MOST_CHUNK_BYTES) {
    const until = Math.min(end, at + MOST_CHUNK_BYTES);
    const head = dataChunk(cookie, isDone && until === end, at, until - at);
    await sendWhole(replying, { start: at, end: until }, head);
  }
}

/** Runs, the short holes among them joined with the data around them. */
function joined(runs: readonly StatusRun[]): readonly StatusRun[] {
  const list: MutableRun[] = [];
  for (const { length, isZero } of runs)
    appendRun(list, { length, isZero: isZero && length >= LEAST_HOLE_BYTES });
  return list;
}
