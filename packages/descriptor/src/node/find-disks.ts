import type { Dir, Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { confinementOf, leadsOutside, type Confinement, type ConfineOptions } from './confine.ts';
import { isGone, reasonOf } from './failure.ts';
import { realPath, status } from './files.ts';
import { createMemory } from './find-memory.ts';
import { DESCRIPTOR_NAME } from '../releases/descriptor-name.ts';
import { isAmbiguous } from './path-name.ts';
import { runAsync } from '../steps.ts';
import { refuseTooManyOpen } from '../too-many-open.ts';

/** Where and how to look for disks. */
export interface FindOptions extends ConfineOptions {
  /** Ends the search: the iteration throws the reason of the signal, and no directory stays open. */
  readonly signal?: AbortSignal | undefined;
  /** How many levels below `directory` to look; 0 is `directory` alone. Default: all. */
  readonly maxDepth?: number | undefined;
  /**
   * Whether to follow symlinks. Default false. By default only those that lead inside `directory`: `confine` allows more.
   */
  readonly followSymlinks?: boolean | undefined;
  /** Whether to stay on the file system of `directory`, as `find -xdev` does. Default false. */
  readonly oneFileSystem?: boolean | undefined;
  /**
   * Receives what could not be looked into (`FILE_UNREADABLE`), or leads outside (`LINK_OUTSIDE`); the search goes on. What it
   * throws ends the search.
   */
  readonly onError?: ((finding: Diagnostic) => void) | undefined;
}

/** A directory that is being read. */
interface Level {
  readonly path: string;
  readonly dir: Dir;
}

/** Something of interest in a directory. */
interface Place {
  readonly kind: 'descriptor' | 'directory';
  readonly path: string;
}

/**
 * The real paths of the descriptors in a directory and below, each once, depth-first, in no particular order. Whether
 * they can be parsed is another question: {@link loadDescriptor} answers it.
 *
 * One directory is open for each level, and nothing is kept of what has been passed, except with `followSymlinks`, which
 * takes memory in proportion to the number of directories. A directory whose name is not UTF-8 is reported and passed
 * over, as its path cannot be spelled.
 *
 * @param directory - Where to begin; a symlink is followed in any case.
 * @throws The reason of `signal`, what `onError` throws, and DescriptorError with code `FILE_UNREADABLE` if `confine` is not a
 * directory, or `TOO_MANY_OPEN_FILES`.
 */
export async function* findDisks(
  directory: string,
  options: FindOptions = {},
): AsyncGenerator<string, void, undefined> {
  requireCall(NODE.findDisks, [directory, options]);
  const { signal, maxDepth = Infinity, followSymlinks = false, onError, confine } = options;
  const { oneFileSystem = false } = options;
  const memory = followSymlinks ? createMemory() : undefined;
  const stack: Level[] = [];

  const attempt = async <Result>(path: string, action: () => Promise<Result>) => {
    try {
      return await action();
    } catch (cause) {
      refuseTooManyOpen(path, cause);
      if (cause instanceof DescriptorError) {
        cause.diagnostics.forEach((finding) => onError?.(finding));
        return undefined;
      }
      // What somebody removes during the search is no longer to be found; the first directory has to be there.
      if (stack.length === 0 || !isGone(cause))
        onError?.(diagnostic('FILE_UNREADABLE', { file: path, reason: reasonOf(cause) }));
      return undefined;
    }
  };
  const enter = (path: string): Promise<void> =>
    attempt(path, async () => {
      const isNew = (await memory?.isNewDirectory(path, stack.length)) ?? true;
      if (isNew) stack.push({ path, dir: await opendir(path, { bufferSize: 256 }) });
    });

  try {
    signal?.throwIfAborted();
    const root = await attempt(directory, () => runAsync(realPath(directory)));
    if (root === undefined) return;
    const confinement = await runAsync(confinementOf(root, { confine }));
    const device = oneFileSystem ? (await runAsync(status(root))).dev : undefined;
    const isHere = async (path: string): Promise<boolean> =>
      device === undefined || (await runAsync(status(path))).dev === device;
    await enter(root);
    for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
      signal?.throwIfAborted();
      const { path, dir } = level;
      const entry = await attempt(path, () => dir.read());
      if (entry === null || entry === undefined) {
        stack.pop();
        await attempt(path, () => dir.close());
        continue;
      }
      const place = await attempt(join(path, entry.name), () =>
        placeOf(path, entry, followSymlinks ? confinement : undefined),
      );
      if (place?.kind === 'directory' && stack.length <= maxDepth) {
        if ((await attempt(place.path, () => isHere(place.path))) === true) await enter(place.path);
      }
      if (place?.kind === 'descriptor' && (memory?.isNewDescriptor(place.path) ?? true))
        yield place.path;
    }
  } finally {
    await Promise.allSettled(stack.map(({ dir }) => dir.close()));
  }
}

async function placeOf(
  directory: string,
  entry: Dirent,
  confinement: Confinement | undefined,
): Promise<Place | undefined> {
  const path = join(directory, entry.name);
  const mayBeDescriptor = entry.name === DESCRIPTOR_NAME;
  if (entry.isFile()) return mayBeDescriptor ? { kind: 'descriptor', path } : undefined;
  const isLink = confinement !== undefined && entry.isSymbolicLink();
  if (!isLink && !entry.isDirectory()) return undefined;
  // What stands for bytes that are not a character; the name of a file is of no interest.
  if (isAmbiguous(entry.name)) throw new Error('its name is not UTF-8');
  if (!isLink) return { kind: 'directory', path };
  if (await runAsync(leadsOutside(path, confinement)))
    throw new DescriptorError([
      diagnostic('LINK_OUTSIDE', { file: path, within: confinement.within ?? '' }),
    ]);
  const real = await runAsync(realPath(path));
  const stats = await runAsync(status(real));
  if (stats.isDirectory()) return { kind: 'directory', path: real };
  return mayBeDescriptor && stats.isFile() ? { kind: 'descriptor', path: real } : undefined;
}
