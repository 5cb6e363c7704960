import type { Steps } from '@ploop/descriptor/internal';

import { bitmap } from '../device/bitmap.ts';
import { recent } from '../device/recent.ts';
import { failure } from '../findings/findings.ts';
import { bytesOfName, nameOfBytes } from '../names/name.ts';
import type { FileStat } from './stat.ts';
import type { Entry, Tree } from './tree.ts';

/** As many as Linux follows. */
const MOST_SYMLINKS = 40;
const KEPT = 16_384;

/** Finds what paths name. */
export interface Paths<Node> {
  /** What a path names; the last symlink is followed if `follows`. */
  readonly resolve: (path: string, follows: boolean) => Steps<Node>;
  /** Keeps the place of an entry: who lists a directory asks for what is in it next. */
  readonly remember: (directory: number, entry: Entry) => void;
}

/** Paths within a tree. They begin at its root, and no symlink or `..` leads out. */
export function pathsIn<Node extends { readonly stat: FileStat }>(tree: Tree<Node>): Paths<Node> {
  const known = recent<string, number>(KEPT);
  const keyOf = (directory: number, name: string): string => `${String(directory)}/${name}`;
  const remember = (directory: number, { name, inode }: Entry): void => {
    known.set(keyOf(directory, name), inode);
  };

  function* find(directory: Node, name: string): Steps<number | undefined> {
    const found = known.get(keyOf(directory.stat.inode, name));
    if (found !== undefined) return found;
    tree.requireReadable(directory);
    const next = tree.entries(directory, bitmap());
    for (let part = yield* next(); part !== undefined; part = yield* next()) {
      const entry = part.find((one) => one.name === name);
      if (entry === undefined) continue;
      remember(directory.stat.inode, entry);
      return entry.inode;
    }
    return undefined;
  }

  function* resolve(path: string, follows: boolean): Steps<Node> {
    let trail = [yield* tree.node(tree.root)];
    const left = partsOf(path).reverse();
    let symlinks = 0;
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const directory = trail.at(-1);
      if (directory === undefined) break;
      if (directory.stat.type !== 'directory')
        throw failure('PATH_WRONG_TYPE', { path, type: directory.stat.type, needed: 'directory' });
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const inode = yield* find(directory, name);
      if (inode === undefined) throw failure('PATH_MISSING', { path });
      const node = yield* tree.node(inode);
      if (node.stat.type !== 'symlink' || (left.length === 0 && !follows)) {
        trail.push(node);
        continue;
      }
      symlinks += 1;
      if (symlinks > MOST_SYMLINKS) throw failure('SYMLINK_LOOP', { path, most: MOST_SYMLINKS });
      tree.requireReadable(node);
      const target = nameOfBytes(yield* tree.target(node));
      if (target.startsWith('/')) trail = trail.slice(0, 1);
      for (const part of partsOf(target).reverse()) left.push(part);
    }
    const last = trail.at(-1);
    if (last === undefined) throw failure('PATH_MISSING', { path });
    return last;
  }

  return { resolve, remember };
}

/** The names of a path, without those that change nothing. */
function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** A path as a text, whichever way it was given. Bytes in it that make up a character become that. */
export function pathOf(path: string | Uint8Array): string {
  if (typeof path !== 'string') return nameOfBytes(path);
  return /[\udc80-\udcff]/u.test(path) ? nameOfBytes(bytesOfName(path)) : path;
}
