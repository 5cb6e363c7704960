import { constants, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { writeFully } from '../disk/handle.ts';
import { inTurn, type Sink } from './sink.ts';

/**
 * A sink for a target without positions: it gets every byte of the disk, zeros too, in the order of the disk, and
 * refuses one that is out of order. Nothing can be resumed.
 */
function orderedSink(
  write: (bytes: Uint8Array) => Promise<void>,
  finish: () => Promise<void>,
  abandon: () => Promise<void>,
): Sink {
  let next = 0;
  const append = async (bytes: Uint8Array, position: number): Promise<void> => {
    if (position !== next) throw new TypeError(`byte ${String(position)} is out of order`);
    await write(bytes);
    next += bytes.length;
  };
  return {
    start: 0,
    ...inTurn(append),
    finish,
    abandon: async () => {
      await abandon();
      return undefined;
    },
  };
}

/**
 * A stream of Node, which is left open: the caller ends it. One write is under way at a time, and its callback is
 * waited for, unless the stream fails or closes or the signal ends the export.
 */
export function streamSink(stream: Writable, signal: AbortSignal): Sink {
  let failure: Error | undefined;
  let stop: ((reason: Error) => void) | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    stop?.(failure);
  };
  const closed = (): void => {
    fail(new Error('it was closed'));
  };
  const aborted = (): void => {
    stop?.(signal.reason as Error);
  };
  stream.on('error', fail).on('close', closed);
  signal.addEventListener('abort', aborted);
  const forget = (): Promise<void> => {
    signal.removeEventListener('abort', aborted);
    stream.off('close', closed);
    // The event of a write that failed may come later than the failure: nobody else need listen to it.
    if (failure === undefined && stop === undefined) stream.off('error', fail);
    return Promise.resolve();
  };
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (failure !== undefined) throw failure;
      stop = reject;
      // The consumer of the stream may keep what it gets; the buffer is used again.
      stream.write(bytes.slice(), (error) => {
        stop = undefined;
        if (error == null) resolve();
        else {
          fail(error);
          reject(error);
        }
      });
    });
  const writeNow = async (bytes: Uint8Array): Promise<void> => {
    await refuseCorked(stream);
    return write(bytes);
  };
  return orderedSink(writeNow, forget, forget);
}

/**
 * A corked stream keeps what it gets and calls back only when it is uncorked, which only its caller can do. Streams of
 * Node cork their sockets until the next turn of the event loop.
 */
async function refuseCorked(stream: Writable): Promise<void> {
  if (stream.writableCorked > 0) await setImmediate();
  if (stream.writableCorked > 0) throw new Error('it is corked; call uncork() first');
}

/** A character device. */
export async function characterSink(path: string): Promise<Sink> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NOCTTY);
  const close = (): Promise<void> => handle.close();
  const sink = orderedSink((bytes) => writeFully(handle, bytes, null), close, close);
  return { ...sink, direct: { fd: handle.fd, inOrder: true } };
}
