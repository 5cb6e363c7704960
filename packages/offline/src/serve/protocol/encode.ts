import { ALLOCATION_ID, CHUNK, CHUNK_DONE, NBD, STATE, type ErrorNumber } from './numbers.ts';
import type { StatusRun } from './served-disk.ts';

const encoder = new TextEncoder();
/** Bytes of the longest text for people. */
const MOST_TEXT_BYTES = 1024;

/** A text as UTF-8, cut at a limit that the protocol has for texts. */
export function textBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length <= MOST_TEXT_BYTES) return bytes;
  let end = MOST_TEXT_BYTES;
  // A character is not cut in two.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

/** A number and its width in bytes. */
type Field = readonly [width: 2 | 4 | 8, value: number | bigint];

/** Big-endian numbers, one after the other. */
export function numbers(...fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, Number(value));
    else if (width === 4) view.setUint32(at, Number(value));
    else view.setBigUint64(at, BigInt(value));
    at += width;
  }
  return bytes;
}

/** A reply to an option. */
export function optionReply(
  option: number,
  type: number,
  ...data: readonly Uint8Array[]
): readonly Uint8Array[] {
  const length = data.reduce((sum, part) => sum + part.length, 0);
  return [numbers([8, NBD.OPTION_REPLY_MAGIC], [4, option], [4, type], [4, length]), ...data];
}

/** A simple reply, before its data. */
export function simpleReply(cookie: bigint, error: ErrorNumber | 0): Uint8Array {
  return numbers([4, NBD.SIMPLE_REPLY_MAGIC], [4, error], [8, cookie]);
}

function chunk(
  cookie: bigint,
  type: number,
  isDone: boolean,
  length: number,
  ...fields: readonly Field[]
): Uint8Array {
  return numbers(
    [4, NBD.STRUCTURED_REPLY_MAGIC],
    [2, isDone ? CHUNK_DONE : 0],
    [2, type],
    [8, cookie],
    [4, length],
    ...fields,
  );
}

/** The last chunk of a structured reply that has nothing to add. */
export function doneChunk(cookie: bigint): Uint8Array {
  return chunk(cookie, CHUNK.none, true, 0);
}

/** A chunk of data, before its bytes. */
export function dataChunk(
  cookie: bigint,
  isDone: boolean,
  position: number,
  length: number,
): Uint8Array {
  return chunk(cookie, CHUNK.data, isDone, 8 + length, [8, position]);
}

/** A chunk that stands for zeros. */
export function holeChunk(
  cookie: bigint,
  isDone: boolean,
  position: number,
  length: number,
): Uint8Array {
  return chunk(cookie, CHUNK.hole, isDone, 12, [8, position], [4, length]);
}

/** A chunk that ends a structured reply with an error. */
export function errorChunk(
  cookie: bigint,
  error: ErrorNumber,
  message: string,
): readonly Uint8Array[] {
  const text = textBytes(message);
  const head = chunk(cookie, CHUNK.error, true, 6 + text.length, [4, error], [2, text.length]);
  return [head, text];
}

/** The chunk that answers a request for the block status. */
export function statusChunk(cookie: bigint, runs: readonly StatusRun[]): readonly Uint8Array[] {
  const head = chunk(cookie, CHUNK.blockStatus, true, 4 + 8 * runs.length, [4, ALLOCATION_ID]);
  const zero = STATE.hole | STATE.zero;
  const fields = runs.flatMap(
    ({ length, isZero }) =>
      [
        [4, length],
        [4, isZero ? zero : 0],
      ] as const,
  );
  return [head, numbers(...fields)];
}
