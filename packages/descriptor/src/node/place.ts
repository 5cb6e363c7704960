import { isAbsolute, relative, resolve, sep } from 'node:path';

import { append } from '../append.ts';
import { bytesOf, LONGEST_PATH } from '../resolve-file.ts';
import type { Steps } from '../steps.ts';
import { failureOf, isGone } from './failure.ts';
import { linkTarget, realPath } from './files.ts';

/** Where a path leads to. */
export interface Place {
  /** The real path, as far as the file system shows it. */
  readonly path: string;
  /** Why a part of the way could not be looked at: the rest is taken as written. */
  readonly denied?: unknown;
}

/** As many symlinks as Linux follows on one way. */
const MOST_LINKS = 40;

/** What readlink says of a path that is not a symlink. */
const NO_LINK: ReadonlySet<unknown> = new Set(['EINVAL', 'UNKNOWN']);

/** Whether a real path is a directory or inside it. */
export function isWithin(directory: string, path: string): boolean {
  if (path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep))
    return true;
  if (sep === '/') return false;
  // Windows ignores case and has a root for each drive.
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Where an absolute path leads to, as steps; also if nothing is there, or only the end of a symlink is missing. */
export function* placeOf(path: string): Steps<Place> {
  try {
    return { path: yield* realPath(path) };
  } catch {
    return sep === '/' ? yield* walk(path) : { path: resolve(path) };
  }
}

/** Goes from name to name, and on by name alone once the file system does not answer. */
function* walk(path: string): Steps<Place> {
  const ahead = path.split('/').reverse();
  const parts: string[] = [];
  const here = (): string => `/${parts.join('/')}`;
  // Nothing can be opened by a longer path, wherever it leads.
  const isTooLong = bytesOf(path) > LONGEST_PATH;
  let [links, isMissing] = [0, isTooLong];
  let denied: unknown;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      parts.pop();
      isMissing = isTooLong;
      continue;
    }
    parts.push(name);
    if (isMissing) continue;
    try {
      const target = yield* linkTarget(here());
      links += 1;
      // The system gives up here as well: nothing can be opened this way.
      if (links > MOST_LINKS) continue;
      if (target.startsWith('/')) parts.length = 0;
      else parts.pop();
      append(ahead, target.split('/').reverse());
    } catch (cause) {
      if (isGone(cause) || failureOf(cause) === 'ENAMETOOLONG') isMissing = true;
      else if (!NO_LINK.has(failureOf(cause))) denied ??= cause;
    }
  }
  return denied === undefined ? { path: here() } : { path: here(), denied };
}
