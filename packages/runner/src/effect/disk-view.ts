import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';

import {
  MAX_DESCRIPTOR_BYTES,
  resolveFile,
  type DiskDescriptor,
  type SnapshotGraph,
  type SnapshotNode,
} from '@ploop/descriptor';

import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import { lookThrough } from '../tool/look-through.ts';
import { createParser, type ParsedText } from './parsed-texts.ts';

type Parse = ReturnType<typeof createParser>;

/** A disk at one moment, as its descriptor says. */
export interface DiskView {
  /** Differs for every file that has been at the path. */
  readonly identity: string;
  readonly descriptor: DiskDescriptor;
  readonly graph: SnapshotGraph;
  /** The real directory of the descriptor. */
  readonly directory: string;
  /** The absolute path of the image of a shot. */
  readonly fileOf: (node: SnapshotNode | undefined) => string | undefined;
}

/**
 * What is seen of a descriptor. `unreadable`: neither this process nor the transport can read it. `invalid`: the tool would
 * not accept it.
 */
export type Sight = DiskView | 'missing' | 'unreadable' | 'invalid';

/** Looks at a descriptor by its absolute path, where the tool runs. */
export type See = (path: string) => Promise<Sight>;

/** Looks at descriptors on this machine, through the transport where this process may not. */
export function seeLocally(exec: Exec, env: Environment): See {
  const parse = createParser();
  const seeThroughExec = seeThrough(exec, env);
  return async (path) => {
    try {
      return await seen(path, parse);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
      return code === 'EACCES' || code === 'EPERM' ? seeThroughExec(path) : 'unreadable';
    }
  };
}

async function seen(path: string, parse: Parse): Promise<Sight> {
  const real = await realpath(path);
  // O_NONBLOCK: a FIFO in the place of a descriptor must not stop this process.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat({ bigint: true });
    const { dev, ino, ctimeNs, size } = stats;
    if (!stats.isFile() || size > MAX_DESCRIPTOR_BYTES) return 'unreadable';
    const bytes = new Uint8Array(Number(size));
    let end = 0;
    for (let read = -1; read !== 0 && end < bytes.length; end += read)
      read = (await file.read(bytes, end)).bytesRead;
    const identity = [dev, ino, ctimeNs, size].join(' ');
    return viewOf(parse(bytes.subarray(0, end)), identity, dirname(real));
  } finally {
    await file.close();
  }
}

/** Looks at descriptors with programs where a transport runs them. */
export function seeThrough(exec: Exec, env: Environment): See {
  const parse = createParser();
  const look = lookThrough(exec, env);
  const ask = async (file: string, ...argv: readonly string[]): Promise<string | undefined> => {
    const { exitCode, stdout } = await exec({ file, argv, env });
    return exitCode === 0 && stdout.droppedBytes === 0 ? stdout.text : undefined;
  };
  return async (path) => {
    const real = (await ask('readlink', '-e', '--', path))?.replace(/\n$/, '') ?? path;
    const kind = await look(real).catch(() => undefined);
    if (kind === 'missing') return 'missing';
    // To read what is not a file may never end.
    if (kind !== 'file') return 'unreadable';
    const [identity, text] = await Promise.all([
      ask('stat', '-c', '%d %i %s %.9Z', '--', real),
      ask('cat', '--', real),
    ]);
    if (text === undefined) return 'unreadable';
    return viewOf(parse(text), identity ?? text, dirname(real));
  };
}

function viewOf(parsed: ParsedText | undefined, identity: string, directory: string): Sight {
  if (parsed === undefined) return 'invalid';
  return {
    identity,
    ...parsed,
    directory,
    fileOf: (node) =>
      node?.image === undefined ? undefined : resolveFile(directory, node.image.file),
  };
}
