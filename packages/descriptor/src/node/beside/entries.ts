import { readdirSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { perform, type Steps } from '../../steps.ts';
import { refuseTooManyOpen } from '../../too-many-open.ts';
import { entryName, isAmbiguous, type EntryName } from '../path-name.ts';

/** Entries of one directory that are looked at: it may have millions. */
const MOST_ENTRIES = 2_000;

/** What is in a directory, in the order of the names; nothing if it cannot be read. Names that are not UTF-8 are left out. */
export function* entriesIn(directory: string): Steps<readonly Dirent[]> {
  try {
    const entries = yield* perform({
      sync: (): readonly Dirent[] => readdirSync(directory, { withFileTypes: true }),
      async: async (): Promise<readonly Dirent[]> => readdir(directory, { withFileTypes: true }),
    });
    return entries
      .filter(({ name }) => !isAmbiguous(name))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .slice(0, MOST_ENTRIES);
  } catch (cause) {
    refuseTooManyOpen(directory, cause);
    return [];
  }
}

/** The names of what is in a directory, in order, those that are not UTF-8 as well; none if it cannot be read. */
export function* namesIn(directory: string): Steps<readonly EntryName[]> {
  try {
    const names = yield* perform({
      sync: (): readonly Buffer[] => readdirSync(directory, { encoding: 'buffer' }),
      async: async (): Promise<readonly Buffer[]> => readdir(directory, { encoding: 'buffer' }),
    });
    return names
      .map(entryName)
      .toSorted((one, other) => (one.text < other.text ? -1 : 1))
      .slice(0, MOST_ENTRIES);
  } catch (cause) {
    refuseTooManyOpen(directory, cause);
    return [];
  }
}
