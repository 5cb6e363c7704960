import type { Writable } from 'node:stream';

/** That a stream takes nothing more. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** Whether its reader has just stopped early, as `head` does. */
  readonly isClosed: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`cannot write to stdout: ${cause.message}`, { cause });
    this.isClosed = cause.code === 'EPIPE' || cause.code === 'ERR_STREAM_DESTROYED';
  }
}

/**
 * Writes to a stream, and waits until that is done.
 *
 * @throws OutputError if it takes nothing more.
 */
export async function send(stream: Writable, data: Uint8Array | string): Promise<void> {
  if (data.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    stream.write(data, (error) => {
      if (error) reject(new OutputError(error));
      else resolve();
    });
  });
}
