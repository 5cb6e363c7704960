import type { Server } from 'node:net';

import type { Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';

import { OFFLINE } from '../arguments.ts';
import { refuseOutput } from '../files/refuse-output.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { createExports, type ExportRow, type OpenedExport } from './exports.ts';
import { createConnections } from './net/connections.ts';
import { listenOnPort, listenOnSocket, type Listening } from './net/listen.ts';
import { givenExport, otherExport, type OtherSnapshot, type Overlay } from './open-exports.ts';
import { findingsOf, reportOnce } from './report-findings.ts';

/** Where a server listens. */
export type NbdAddress = SocketAddress | PortAddress;

interface SocketAddress {
  /** Path of the socket to make. Only its owner can use it. */
  readonly socket: string;
}

interface PortAddress {
  /** TCP port; 0 for one that the system chooses. Everyone who reaches it can read the disk. */
  readonly port: number;
  /** Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
}

/** How to serve snapshots. */
export interface ServeNbdOptions {
  readonly address: NbdAddress;
  /** Further exports, under their names. They are read-only. */
  readonly others?: readonly OtherSnapshot[];
  /** Number of the partition to serve. Default: all of each disk. */
  readonly partition?: number;
  /**
   * Where writes to the default export go: they last as long as the server, and the disk itself is never written. A file is
   * made for them, sparse, and removed at the end. Default: exports are read-only.
   */
  readonly overlay?: Overlay;
  /** Bytes that an overlay in memory can hold. Default: 256 MiB. Writes that do not fit fail with `ENOSPC`. */
  readonly overlayBytes?: number;
  /** Ends the server. */
  readonly signal?: AbortSignal;
  /**
   * Called with what is wrong with a disk, each finding once; at most 1,000. Clients get an error of input and output for it.
   * It must not throw.
   */
  readonly onFinding?: (finding: Diagnostic) => void;
}

/** A server that is running. */
export interface NbdServer {
  /** Where clients find the default export, such as `nbd+unix:///?socket=/run/disk.sock`. */
  readonly uri: string;
  /** The TCP port; absent for a socket file. */
  readonly port?: number;
  /** Names of the exports and where clients find each. The first one is the default as well. */
  readonly exports: readonly { readonly name: string; readonly uri: string }[];
  /** Resolves when the server has ended. */
  readonly ended: Promise<void>;
  /** Answers the requests that are under way, for two seconds at most, and ends the server. */
  readonly close: () => Promise<void>;
  /** Ends the server, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/**
 * Serves snapshots to NBD clients such as QEMU, nbdcopy and nbd-client: no driver, no root, and the disk is never
 * written. The given snapshot is the default export, and that of its GUID. Many connections share one view.
 *
 * @param snapshot - It stays open until the caller closes it, after the server has ended.
 * @throws DescriptorError `OPTION_INVALID` if the port cannot be had; `FILE_UNWRITABLE` if the socket or the overlay cannot be made, or has a name that the disk uses;
 *   `CONTENT_ENCRYPTED`; `PARTITION_UNKNOWN`; and what reading the tables of the images throws.
 */
export async function serveNbd(snapshot: Snapshot, options: ServeNbdOptions): Promise<NbdServer> {
  requireCall(OFFLINE.serveNbd, [snapshot, options]);
  const { address, others = [], signal } = options;
  signal?.throwIfAborted();
  if ('socket' in address) await refuseOutput(snapshot, address.socket);
  const report = reportOnce(options.onFinding);
  const stop = new AbortController();
  const opening = {
    ...{ partition: options.partition, report },
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
  };
  const chosen = await givenExport(snapshot, opening, options.overlay, options.overlayBytes);
  const name = snapshot.inside ?? snapshot.guid;
  const rows: readonly [ExportRow, ...ExportRow[]] = [
    { name, description: `snapshot ${name}`, open: () => Promise.resolve(keptOpen(chosen)) },
    ...others.map((other) => otherExport(other, opening)),
  ];
  const exports = createExports(rows);
  const { server, end } = createConnections({
    exports,
    onFailure: (error) => {
      report(findingsOf(error));
    },
  });
  const listening = await listen(server, address).catch(async (error: unknown) => {
    await chosen.close();
    throw error;
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closing());
  async function closing(): Promise<void> {
    stop.abort();
    await end();
    await listening.remove();
    await exports.close();
    await chosen.close();
  }
  const ended = new Promise<void>((resolve, reject) => {
    server.once('close', () => {
      close().then(resolve, reject);
    });
  });
  // The promise of `close` rejects as well; one of both may have no listener.
  ended.catch(() => undefined);
  const stopNow = (): void => {
    close().catch(() => undefined);
  };
  signal?.addEventListener('abort', stopNow, { once: true });
  if (signal?.aborted === true) stopNow();
  return {
    uri: listening.uri,
    ...(listening.port !== undefined && { port: listening.port }),
    exports: rows.map((row) => ({ name: row.name, uri: listening.uriOf(row.name) })),
    ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, address: NbdAddress): Promise<Listening> {
  return 'socket' in address
    ? listenOnSocket(server, address.socket)
    : listenOnPort(server, address.host ?? LOOPBACK, address.port);
}

/** An export that its clients do not close. */
function keptOpen({ disk }: OpenedExport): OpenedExport {
  return { disk, close: () => Promise.resolve() };
}
