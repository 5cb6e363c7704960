import { readerOf, type Reader, type Steps } from '@ploop/descriptor/internal';

/** Bytes that are read and kept at once: no block of ext or XFS is larger, and none crosses a line. */
const LINE = 65_536;
/** Lines that are kept: 16 MiB. */
const LINES = 256;

/** The bytes that a file system is made of. */
export interface Device {
  /** Bytes that there are; nothing is read beyond. */
  readonly size: number;
  /**
   * Bytes of metadata, through a cache of 16 MiB; `undefined` if the device ends before. They belong to the cache: do not
   * change them.
   */
  readonly bytes: (position: number, length: number) => Steps<Uint8Array | undefined>;
  /** Fills `target` with content, past the cache; false if the device ends before. */
  readonly fill: (target: Uint8Array, position: number) => Steps<boolean>;
}

/** A device over a function that reads bytes. */
export function deviceOf(read: Reader, size: number): Device {
  const lines = new Map<number, Uint8Array>();
  let recent = -1;
  let recentLine = new Uint8Array(0);

  function* line(index: number): Steps<Uint8Array> {
    if (index === recent) return recentLine;
    let found = lines.get(index);
    if (found === undefined) {
      const target = new Uint8Array(Math.min(LINE, size - index * LINE));
      found = target.subarray(0, yield* read(target, index * LINE));
      for (const oldest of lines.keys()) {
        if (lines.size < LINES) break;
        lines.delete(oldest);
      }
    } else lines.delete(index);
    lines.set(index, found);
    [recent, recentLine] = [index, found as Uint8Array<ArrayBuffer>];
    return found;
  }

  function* fill(target: Uint8Array, position: number): Steps<boolean> {
    if (!isWithin(position, target.length, size)) return false;
    return target.length === 0 || (yield* read(target, position)) === target.length;
  }

  return {
    size,
    fill,
    *bytes(position, length) {
      if (!isWithin(position, length, size)) return undefined;
      const index = Math.floor(position / LINE);
      const start = position - index * LINE;
      if (start + length > LINE) {
        const target = new Uint8Array(length);
        return (yield* fill(target, position)) ? target : undefined;
      }
      const found = yield* line(index);
      return start + length <= found.length ? found.subarray(start, start + length) : undefined;
    },
  };
}

/** Reads through `readAt`, until the signal says otherwise. */
export function abortable(
  readAt: (target: Uint8Array, position: number) => Promise<number>,
  signal: AbortSignal | undefined,
): Reader {
  const read = readerOf({ readAt });
  return function* (target, position) {
    signal?.throwIfAborted();
    return yield* read(target, position);
  };
}

function isWithin(position: number, length: number, size: number): boolean {
  return position >= 0 && length >= 0 && position + length <= size;
}
