import { createServer, type Server, type Socket } from 'node:net';

import { createMemory } from '../protocol/memory.ts';
import type { ServedExports } from '../protocol/served-disk.ts';
import { serveConnection } from '../protocol/session.ts';
import { socketWire, type SocketWire } from './socket-wire.ts';

/** The server of sockets, before it listens. */
export interface Connections {
  readonly server: Server;
  /** Takes no more connections, answers what is under way, and ends the connections. */
  readonly end: () => Promise<void>;
}

/** What connections are served from. */
export interface ConnectionsOptions {
  readonly exports: ServedExports;
  readonly onFailure: (error: unknown, name: string) => void;
}

/** Most connections at a time. */
const MOST_CONNECTIONS = 128;
/** Bytes of all requests that are under way. */
const MOST_BYTES = 2 ** 26;
/** Milliseconds that a client has to choose an export. */
const HANDSHAKE_TIME = 30_000;
/** If memory is short, clients that have taken nothing for so many milliseconds are dropped. */
const STALL_TIME = 10_000;
/** Milliseconds that the answers under way have at the end. */
const END_TIME = 2_000;

/** Serves each connection by itself, all within the same bounds. */
export function createConnections({ exports, onFailure }: ConnectionsOptions): Connections {
  const open = new Map<Socket, { readonly wire: SocketWire; readonly ended: Promise<void> }>();
  let looking: NodeJS.Timeout | undefined;
  const memory = createMemory(MOST_BYTES, () => {
    looking ??= setInterval(dropStalled, STALL_TIME / 10).unref();
  });

  function dropStalled(): void {
    if (!memory.isShort()) {
      clearInterval(looking);
      looking = undefined;
      return;
    }
    for (const [socket, { wire }] of open) if (wire.stalledFor() > STALL_TIME) socket.destroy();
  }

  async function serve(socket: Socket, wire: SocketWire): Promise<void> {
    const late = setTimeout(() => socket.destroy(), HANDSHAKE_TIME).unref();
    await serveConnection(wire, {
      ...{ exports, memory, onFailure },
      onAgreed: () => {
        clearTimeout(late);
      },
    });
    clearTimeout(late);
    await ended(socket);
    open.delete(socket);
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const wire = socketWire(socket);
    open.set(socket, { wire, ended: serve(socket, wire) });
  });
  server.maxConnections = MOST_CONNECTIONS;

  return {
    server,
    end: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { wire } of open.values()) wire.stop();
      const late = setTimeout(() => {
        for (const socket of open.keys()) socket.destroy();
      }, END_TIME);
      await Promise.all([...open.values()].map((one) => one.ended));
      clearTimeout(late);
      clearInterval(looking);
      await closed;
    },
  };
}

/** Closes a socket when what was sent is sent. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) {
      resolve();
      return;
    }
    socket.once('close', () => {
      resolve();
    });
    socket.end(() => socket.destroy());
  });
}
