import { constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

import { failureOf } from '@ploop/descriptor/node/internal';

import type { Sink } from './sink.ts';
import { streamSink } from './stream-sink.ts';

const openAsync = promisify(open);

/** How long to wait until a reader is looked for again. */
const WAIT_MS = 50;

/**
 * A pipe that has a name. It is written to without blocking, and not by threads: nothing could end a write that its
 * reader keeps waiting. So the signal ends the wait for a reader to come, and for one to read on.
 */
export async function pipeSink(path: string, signal: AbortSignal): Promise<Sink> {
  const fd = await openPipe(path, signal);
  const stream = new Socket({ fd, readable: false, writable: true });
  const sink = streamSink(stream, signal);
  const close = async (): Promise<void> => {
    if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve).destroy());
  };
  return {
    ...sink,
    finish: async () => {
      await sink.finish();
      await close();
    },
    abandon: async (done, isUsable) => {
      await close();
      return sink.abandon(done, isUsable);
    },
  };
}

async function openPipe(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await openAsync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      // Nobody reads yet.
      if (failureOf(error) !== 'ENXIO') throw error;
    }
    await setTimeout(WAIT_MS);
  }
}
