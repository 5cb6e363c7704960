import type { Entry, EntryReader } from '../../../tree/tree.ts';

/** The entries of a directory as fast commits leave them: those that are stored and still there, then the new ones. */
export function changedEntries(
  next: EntryReader,
  changes: ReadonlyMap<string, number | undefined>,
): EntryReader {
  let isDone = false;
  return function* () {
    if (isDone) return undefined;
    for (let part = yield* next(); part !== undefined; part = yield* next()) {
      const kept = part.filter(({ name }) => !changes.has(name));
      if (kept.length > 0) return kept;
    }
    isDone = true;
    return Array.from(changes, ([name, inode]) => ({ name, inode })).flatMap(
      ({ name, inode }): readonly Entry[] =>
        inode === undefined ? [] : [{ name, inode, type: undefined }],
    );
  };
}
