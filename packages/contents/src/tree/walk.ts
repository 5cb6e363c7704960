import { DescriptorError } from '@ploop/descriptor';
import { runEagerly, type Steps } from '@ploop/descriptor/internal';

import { bitmap } from '../device/bitmap.ts';
import type { Findings } from '../findings/findings.ts';
import type { Paths } from './paths.ts';
import type { FileStat, FileType } from './stat.ts';
import type { Entry, EntryReader, Tree } from './tree.ts';

/** Linux opens no longer path, and a hostile disk has no end of directories in directories. */
const MOST_LEVELS = 2048;
/** Entries after which others get their turn: what is in the cache comes without any wait. */
const TURN = 1024;

/** What a walk comes by. */
export interface WalkEntry {
  /** Below the path where the walk began, and beginning with it. */
  readonly path: string;
  readonly inode: number;
  readonly type: FileType | undefined;
  /** Absent if the inode cannot be read: `diagnostics()` has the reason. */
  readonly stat?: FileStat;
}

/** A directory on the way, and how far it has been read. */
interface Level {
  readonly path: string;
  readonly inode: number;
  readonly next: EntryReader;
  part: readonly Entry[];
  taken: number;
}

/** What walks and lists share. */
export interface Walker<Node> {
  readonly tree: Tree<Node & { readonly stat: FileStat }>;
  readonly paths: Paths<Node>;
  readonly findings: Findings;
}

/** The entries of a directory, part by part; memory for one part. */
export async function* listNode<Node extends { readonly stat: FileStat }>(
  { tree, paths, findings }: Walker<Node>,
  find: () => Promise<Node>,
): AsyncGenerator<Entry, void, undefined> {
  const node = await find();
  tree.requireReadable(node);
  const next = tree.entries(node, bitmap());
  const take = turns();
  for (;;) {
    const part = await readable(findings, next());
    if (part === undefined) return;
    for (const entry of part) {
      const turn = take();
      if (turn !== undefined) await turn;
      paths.remember(node.stat.inode, entry);
      yield entry;
    }
  }
}

/** All that is below a node, itself first; each directory once. Memory for one part of each directory on the way. */
export async function* walkNode<Node extends { readonly stat: FileStat }>(
  walker: Walker<Node>,
  find: () => Promise<Node>,
  pathOf: () => string,
): AsyncGenerator<WalkEntry, void, undefined> {
  const start = await find();
  const path = pathOf();
  const { tree, paths, findings } = walker;
  const [directories, blocks] = [bitmap(), bitmap()];
  const levels: Level[] = [];
  const take = turns();

  const enter = (at: string, node: Node): void => {
    const { inode, type } = node.stat;
    if (type !== 'directory') return;
    if (!directories.add(inode)) {
      findings.report('DIRECTORY_LOOP', { inode, path: at });
      return;
    }
    if (levels.length >= MOST_LEVELS) {
      findings.report('DIRECTORY_TOO_DEEP', { inode, levels: MOST_LEVELS });
      return;
    }
    const isReadable = attempt(findings, () => {
      tree.requireReadable(node);
    });
    const next = tree.entries(node, blocks);
    if (isReadable) levels.push({ path: at, inode, next, part: [], taken: 0 });
  };

  yield entryOf(path, start);
  enter(path, start);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const entry = level.part[level.taken];
    if (entry === undefined) {
      const part = await readable(findings, level.next());
      if (part === undefined) levels.pop();
      else [level.part, level.taken] = [part, 0];
      continue;
    }
    level.taken += 1;
    const turn = take();
    if (turn !== undefined) await turn;
    paths.remember(level.inode, entry);
    const at = level.path.endsWith('/') ? level.path + entry.name : `${level.path}/${entry.name}`;
    const found = readable(findings, tree.node(entry.inode));
    const node = found instanceof Promise ? await found : found;
    if (node === undefined) yield { path: at, inode: entry.inode, type: entry.type };
    else {
      yield entryOf(at, node);
      enter(at, node);
    }
  }
}

function entryOf(path: string, { stat }: { readonly stat: FileStat }): WalkEntry {
  return { path, inode: stat.inode, type: stat.type, stat };
}

/** What steps find; `undefined`, with a finding, if the disk does not let them. */
function readable<Result>(
  findings: Findings,
  steps: Steps<Result>,
): Result | Promise<Result | undefined> | undefined {
  try {
    const found = runEagerly(steps);
    return found instanceof Promise ? found.catch(noted(findings)) : found;
  } catch (error) {
    noted(findings)(error);
    return undefined;
  }
}

/** Keeps what is wrong with the disk as a finding; other errors go on. */
function noted(findings: Findings): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof DescriptorError)) throw error;
    findings.note(error);
    return undefined;
  };
}

function attempt(findings: Findings, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    noted(findings)(error);
    return false;
  }
}

/** Lets others have their turn now and then. */
function turns(): () => Promise<void> | undefined {
  let taken = 0;
  return () => {
    taken += 1;
    if (taken % TURN !== 0) return undefined;
    return new Promise((resolve) => setTimeout(resolve));
  };
}
