import { errorChunk, simpleReply, statusChunk } from './encode.ts';
import type { Agreed } from './negotiate.ts';
import { COMMAND, ERROR, MOST_BYTES, REQUEST_FLAG } from './numbers.ts';
import { replyToRead, type Replying } from './read-reply.ts';
import { allowedRange, parseRequest, REQUEST_BYTES, type Request } from './request.ts';
import { NbdError, type DiskRange, type ServedWrites, type StatusRun } from './served-disk.ts';
import { ConnectionEnded } from './wire.ts';

/** How requests are answered. */
export interface Transmission extends Replying, Pick<Agreed, 'hasAllocation'> {
  /** Called with what the disk throws, each time. */
  readonly onFailure: (error: unknown) => void;
}

/** Most requests of a connection that are answered at a time. The next one is read when one of them is done. */
const MOST_UNDER_WAY = 16;
/** Most bytes that they read together, unless it is one request. */
const MOST_BYTES_UNDER_WAY = MOST_BYTES;
/** Bytes of a write that are handled at a time. */
const WRITE_BYTES = 2 ** 18;

/** Answers requests until the client leaves or breaks the protocol, and the last answers are sent. */
export async function transmit(transmission: Transmission): Promise<void> {
  const { wire } = transmission;
  const underWay = new Set<Promise<void>>();
  let [bytes, isBroken] = [0, false];
  while (!isBroken) {
    const head = await wire.take(REQUEST_BYTES);
    const request = head && parseRequest(head);
    if (request === undefined || request.type === COMMAND.disconnect) break;
    if (request.type === COMMAND.write) {
      // Its data follow, and the next request only after them.
      if (!(await write(transmission, request))) break;
      continue;
    }
    const length = request.type === COMMAND.read ? Math.min(request.length, MOST_BYTES) : 0;
    while (underWay.size > 0 && bytes + length > MOST_BYTES_UNDER_WAY) await Promise.race(underWay);
    bytes += length;
    const answered: Promise<void> = answer(transmission, request)
      .catch(() => {
        // Nothing more can be sent.
        isBroken = true;
      })
      .finally(() => {
        bytes -= length;
        underWay.delete(answered);
      });
    underWay.add(answered);
    if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

/** Writes as the data come. `false` if the connection ended before the last of them. */
async function write(transmission: Transmission, request: Request): Promise<boolean> {
  const { disk, wire } = transmission;
  let failure: unknown;
  const range = await attempt(
    () => allowedRange(request, disk),
    (error) => (failure = error),
  );
  for (let done = 0; done < request.length;) {
    const length = Math.min(WRITE_BYTES, request.length - done);
    if (failure !== undefined || range === undefined) {
      if (!(await wire.skip(request.length - done))) return false;
      break;
    }
    const bytes = await wire.take(length);
    if (bytes === undefined) return false;
    const at = range.start + done;
    await attempt(
      () => disk.writes?.write(bytes, at),
      (error) => (failure = error),
    );
    done += length;
  }
  if (failure === undefined)
    await attempt(
      () => durable(request, disk.writes),
      (error) => (failure = error),
    );
  try {
    if (failure === undefined) await wire.send([simpleReply(request.cookie, 0)]);
    else await fail(transmission, request, failure);
  } catch {
    return false;
  }
  return true;
}

async function attempt<Result>(
  work: () => Result | Promise<Result>,
  onError: (error: unknown) => void,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    onError(error);
    return undefined;
  }
}

async function durable({ flags }: Request, writes: ServedWrites | undefined): Promise<void> {
  if ((flags & REQUEST_FLAG.fua) !== 0) await writes?.flush();
}

async function answer(transmission: Transmission, request: Request): Promise<void> {
  try {
    await perform(transmission, request, allowedRange(request, transmission.disk));
  } catch (error) {
    await fail(transmission, request, error);
  }
}

async function perform(
  transmission: Transmission,
  request: Request,
  range: DiskRange,
): Promise<void> {
  const { wire, disk } = transmission;
  const { type, cookie } = request;
  if (type === COMMAND.read) return replyToRead(transmission, request, range);
  if (type === COMMAND.blockStatus)
    return wire.send(statusChunk(cookie, await statusOf(transmission, request, range)));
  if (type === COMMAND.flush) await disk.writes?.flush();
  else {
    await disk.writes?.zero(range);
    await durable(request, disk.writes);
  }
  return wire.send([simpleReply(cookie, 0)]);
}

async function statusOf(
  { disk, hasAllocation, onFailure }: Transmission,
  { flags }: Request,
  range: DiskRange,
): Promise<readonly StatusRun[]> {
  if (!hasAllocation)
    throw new NbdError(ERROR.EINVAL, 'base:allocation has not been chosen for the export');
  try {
    const runs = await disk.status(range);
    return (flags & REQUEST_FLAG.oneExtent) === 0 ? runs : runs.slice(0, 1);
  } catch (error) {
    // Nothing can be said of the range: reading it says why.
    onFailure(error);
    return [{ length: range.end - range.start, isZero: false }];
  }
}

/** Answers a request with an error. */
async function fail(
  { wire, isStructured, onFailure }: Transmission,
  { cookie }: Request,
  error: unknown,
): Promise<void> {
  if (error instanceof ConnectionEnded) throw error;
  if (!(error instanceof NbdError) || error.cause !== undefined) onFailure(error);
  const number = error instanceof NbdError ? error.number : ERROR.EIO;
  const message = error instanceof Error ? error.message : String(error);
  await wire.send(
    isStructured ? errorChunk(cookie, number, message) : [simpleReply(cookie, number)],
  );
}
