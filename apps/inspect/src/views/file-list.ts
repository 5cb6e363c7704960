import { bytesOfName, escapedName, type Entry, type FileStat } from '@ploop/contents';
import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

/** Deeper than Linux opens paths: a hostile disk has no end of directories. */
const MOST_LEVELS = 2048;

/** A name in a directory. */
export interface Listed {
  readonly name: string;
  readonly inode: number;
  readonly type: Entry['type'];
  /** Absent if it was not asked for, or cannot be read. */
  readonly stat?: FileStat;
  /** The target; symlinks only, with `stat`. */
  readonly target?: string;
}

/** A directory, its entries by name. */
export interface ListedDirectory {
  readonly path: string;
  readonly entries: readonly Listed[];
}

/** What to list. */
export interface ListOptions {
  readonly isLong: boolean;
  readonly isRecursive: boolean;
  /** Called for each entry that cannot be read; the listing continues. */
  readonly note: (finding: Diagnostic) => void;
}

/** A directory, and those below it if asked for, each before those below: one in memory at a time. */
export async function* directoriesOf(
  files: DiskFiles,
  start: string,
  options: ListOptions,
): AsyncGenerator<ListedDirectory, void, undefined> {
  const seen = new Set<number>();
  const waiting = [{ path: start, level: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, level } = next;
    const entries = await entriesOf(files, path, options);
    yield { path, entries };
    if (!options.isRecursive) return;
    const below = entries.filter(({ type }) => type === 'directory').toReversed();
    for (const { name, inode } of below) {
      const at = joined(path, name);
      if (level >= MOST_LEVELS)
        options.note(diagnostic('DIRECTORY_TOO_DEEP', { inode, levels: MOST_LEVELS }));
      else if (seen.has(inode)) options.note(diagnostic('DIRECTORY_LOOP', { inode, path: at }));
      else waiting.push({ path: at, level: level + 1 });
      seen.add(inode);
    }
  }
}

async function entriesOf(
  files: DiskFiles,
  directory: string,
  { isLong, isRecursive, note }: ListOptions,
): Promise<readonly Listed[]> {
  const entries: Listed[] = [];
  try {
    for await (const { name, inode, type } of files.list(directory)) {
      const isNeeded = isLong || (isRecursive && type === undefined);
      const found = isNeeded ? await described(files, joined(directory, name), note) : {};
      entries.push({ name, inode, type: found.stat?.type ?? type, ...found });
    }
  } catch (error) {
    noted(error, note);
  }
  const keys = new Map(entries.map((entry) => [entry, Buffer.from(bytesOfName(entry.name))]));
  const keyOf = (entry: Listed): Buffer => keys.get(entry) ?? Buffer.alloc(0);
  return entries.toSorted((one, other) => Buffer.compare(keyOf(one), keyOf(other)));
}

/** What is known of a file, as far as it can be read. */
export async function described(
  files: DiskFiles,
  path: string,
  note: (finding: Diagnostic) => void,
): Promise<Pick<Listed, 'stat' | 'target'>> {
  try {
    const stat = await files.stat(path);
    if (stat.type !== 'symlink') return { stat };
    return { stat, ...(await targetOf(files, path, note)) };
  } catch (error) {
    noted(error, note);
    return {};
  }
}

async function targetOf(
  files: DiskFiles,
  path: string,
  note: (finding: Diagnostic) => void,
): Promise<Pick<Listed, 'target'>> {
  try {
    return { target: await files.readLink(path) };
  } catch (error) {
    noted(error, note);
    return {};
  }
}

/** Keeps what is wrong with the disk; other errors go on. */
export function noted(error: unknown, note: (finding: Diagnostic) => void): void {
  if (!(error instanceof DescriptorError)) throw error;
  error.diagnostics.forEach(note);
}

/** A path and a name below it. */
function joined(path: string, name: string): string {
  return path.endsWith('/') ? path + name : `${path}/${name}`;
}

/** A listed file for programs: `name` can have half characters, `escaped` is text. */
export function toJsonEntry({ name, inode, type, stat, target }: Listed): object {
  return { name, escaped: escapedName(name), inode, type, ...stat, target };
}
