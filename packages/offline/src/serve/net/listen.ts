import { mkdtemp, chmod, lstat, rmdir, unlink } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { dirname, join, resolve } from 'node:path';

import { DescriptorError, diagnostic } from '@ploop/descriptor';
import { tooManyOpen } from '@ploop/descriptor/internal';
import { placeNew, reasonOf } from '@ploop/descriptor/node/internal';

import { unwritable } from '../../export/sink.ts';
import { unlinkSame } from '../unlink-same.ts';

/** Where a server listens. */
export interface Listening {
  /** As clients of NBD take it, for the default export. */
  readonly uri: string;
  /** The URI of an export. */
  readonly uriOf: (name: string) => string;
  /** The TCP port, also if the system has chosen it. */
  readonly port?: number;
  /** Removes the socket file. */
  readonly remove: () => Promise<void>;
}

/** Bytes of the longest path of a socket on Linux; other systems have less. */
const MOST_PATH_BYTES = 107;

/**
 * Listens on a new socket file that only its owner can use. It gets its name when its mode is right, and never replaces
 * anything or follows a link.
 *
 * @throws DescriptorError `FILE_UNWRITABLE`; `TOO_MANY_OPEN_FILES`.
 */
export async function listenOnSocket(server: Server, path: string): Promise<Listening> {
  try {
    const directory = await mkdtemp(join(dirname(path), '.ploop-'));
    const made = join(directory, 's');
    try {
      if (Math.max(Buffer.byteLength(path), Buffer.byteLength(made)) > MOST_PATH_BYTES)
        throw new Error(`a path of a socket has ${String(MOST_PATH_BYTES)} bytes at most`);
      await listening(server, { path: made });
      await chmod(made, 0o600);
      await placeNew(made, path);
    } catch (error) {
      server.close();
      await unlink(made).catch(() => undefined);
      throw error;
    } finally {
      await rmdir(directory);
    }
  } catch (cause) {
    throw unwritable(path, cause);
  }
  const made = await lstat(path);
  const socket = encodeURIComponent(resolve(path)).replaceAll('%2F', '/');
  const uriOf = (name: string): string =>
    `nbd+unix:///${encodeURIComponent(name)}?socket=${socket}`;
  return {
    uri: uriOf(''),
    uriOf,
    remove: () => unlinkSame(path, made),
  };
}

/**
 * Listens on a TCP port.
 *
 * @param port - 0 for one that the system chooses.
 * @throws DescriptorError `OPTION_INVALID` if it cannot be had; `TOO_MANY_OPEN_FILES`.
 */
export async function listenOnPort(server: Server, host: string, port: number): Promise<Listening> {
  try {
    await listening(server, { host, port });
  } catch (cause) {
    const exhausted = tooManyOpen(host, cause);
    if (exhausted !== undefined) throw exhausted;
    const expected = `an address and a port that are free (${reasonOf(cause)})`;
    const data = { option: 'port', value: `${host}:${String(port)}`, expected };
    throw new DescriptorError([diagnostic('OPTION_INVALID', data)], { cause });
  }
  const { address, family, port: chosen } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${address}]` : address;
  const uriOf = (name: string): string =>
    `nbd://${shown}:${String(chosen)}/${encodeURIComponent(name)}`;
  return { uri: uriOf(''), uriOf, port: chosen, remove: () => Promise.resolve() };
}

function listening(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(where, () => {
      server.off('error', fail);
      done();
    });
  });
}
