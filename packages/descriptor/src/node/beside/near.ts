import { dirname, join } from 'node:path';

import type { Steps } from '../../steps.ts';
import { refuseTooManyOpen } from '../../too-many-open.ts';
import type { Confinement } from '../confine.ts';
import { linkStatus } from '../files.ts';
import { isWithin } from '../place.ts';
import { entriesIn } from './entries.ts';

/** Levels above a directory that are looked into, and below each of them. */
const LEVELS = 2;
/** Directories that are listed for one disk. */
const MOST_DIRECTORIES = 200;

/**
 * The files below a directory, and beside and above it as far as the confinement allows, by name alone: nothing is
 * opened, no symlink is followed, no mounted file system is entered. Without those of the directory itself.
 */
export function* filesNear(directory: string, { within }: Confinement): Steps<readonly string[]> {
  const seen = new Set<string>();
  const files: string[] = [];
  const device = yield* deviceOf(directory);
  const visit = function* (path: string, levels: number): Steps<void> {
    if (seen.has(path) || seen.size >= MOST_DIRECTORIES) return;
    if ((yield* deviceOf(path)) !== device) return;
    seen.add(path);
    for (const entry of yield* entriesIn(path)) {
      const inside = join(path, entry.name);
      if (entry.isDirectory() && levels > 0) yield* visit(inside, levels - 1);
      if (entry.isFile() && path !== directory) files.push(inside);
    }
  };
  let outer = directory;
  for (let level = 0; level <= LEVELS; level += 1) {
    yield* visit(outer, LEVELS);
    const next = dirname(outer);
    // What is beside everything is not beside the disk.
    if (dirname(next) === next || (within !== undefined && !isWithin(within, next))) break;
    outer = next;
  }
  return files;
}

function* deviceOf(path: string): Steps<bigint | undefined> {
  try {
    return (yield* linkStatus(path)).dev;
  } catch (cause) {
    refuseTooManyOpen(path, cause);
    return undefined;
  }
}
