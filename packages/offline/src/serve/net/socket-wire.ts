import type { Socket } from 'node:net';

import { ConnectionEnded, createWire, type Wire } from '../protocol/wire.ts';

/** A connection as the protocol uses it. */
export interface SocketWire extends Wire {
  /** Takes no more input: what is under way is answered. */
  readonly stop: () => void;
  /** For how many milliseconds the other side has not taken what was sent; 0 if nothing waits. */
  readonly stalledFor: () => number;
}

/** The wire of a socket. */
export function socketWire(socket: Socket): SocketWire {
  let wake: (() => void) | undefined;
  let isStopped = false;
  const notify = (): void => {
    wake?.();
  };
  for (const event of ['readable', 'end', 'close', 'error']) socket.on(event, notify);

  async function next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (isStopped) return undefined;
      const chunk = socket.read() as Uint8Array | null;
      if (chunk !== null) return chunk;
      if (socket.readableEnded || socket.destroyed) return undefined;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  let [pending, since] = [0, 0];
  function send(parts: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!socket.writable) {
        reject(new ConnectionEnded());
        return;
      }
      if (pending === 0) since = performance.now();
      pending += 1;
      const sent = (error?: Error | null): void => {
        pending -= 1;
        since = performance.now();
        if (error) reject(new ConnectionEnded('the connection has ended', { cause: error }));
        else resolve();
      };
      socket.cork();
      for (const [index, part] of parts.entries())
        if (index === parts.length - 1) socket.write(part, sent);
        else socket.write(part);
      socket.uncork();
    });
  }

  return {
    ...createWire({ next, send, hasEnded: () => !socket.writable }),
    stop: () => {
      isStopped = true;
      notify();
    },
    stalledFor: () => (pending === 0 ? 0 : performance.now() - since),
  };
}
