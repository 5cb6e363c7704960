import { constants, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';

import { inTurn, inZeros, writeFully, type Sink } from './sink.ts';

/** A sink that takes all bytes of the disk one after the other, zeros too. Nothing can be taken up again. */
function orderedSink(
  write: (bytes: Uint8Array) => Promise<void>,
  finish: () => Promise<void>,
  abandon: () => Promise<void>,
): Sink {
  const append = inTurn(write);
  return {
    start: 0,
    data: append,
    zeros: (position, length) => inZeros(position, length, append),
    finish,
    abandon: async () => {
      await abandon();
      return false;
    },
  };
}

/** A stream of Node, which is left open: the caller ends it. One that takes nothing more is not waited for any longer. */
export function streamSink(stream: Writable, signal: AbortSignal): Sink {
  let failure: Error | undefined;
  let isWriting = false;
  const fail = (error: Error): void => {
    failure ??= error;
  };
  stream.on('error', fail);
  const forget = (): Promise<void> => {
    // The event of a write that failed may come later than the failure: nobody else need listen to it.
    if (failure === undefined && !isWriting) stream.off('error', fail);
    return Promise.resolve();
  };
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (failure !== undefined) throw failure;
      const stop = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop);
      isWriting = true;
      // Whoever is behind the stream may keep what it gets; the buffer is used again.
      stream.write(bytes.slice(), (error) => {
        signal.removeEventListener('abort', stop);
        isWriting = false;
        if (error == null) resolve();
        else {
          fail(error);
          reject(error);
        }
      });
    });
  return orderedSink(write, forget, forget);
}

/** A character device. */
export async function characterSink(path: string): Promise<Sink> {
  const handle = await open(path, constants.O_WRONLY);
  const close = (): Promise<void> => handle.close();
  const sink = orderedSink((bytes) => writeFully(handle, bytes, null), close, close);
  return { ...sink, direct: { fd: handle.fd, inOrder: true } };
}
