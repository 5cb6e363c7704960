import { bytes } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  runAsync,
  type Steps,
  createWebStream,
  type ExtentOptions,
} from '@ploop/descriptor/internal';

import { OPEN_FILE } from '../arguments.ts';
import { failure } from '../findings/findings.ts';
import type { FileStat } from './stat.ts';
import type { Run, Tree } from './tree.ts';

/** A part of a file: where it is stored, or that it is zeros. */
export interface FileExtent {
  readonly position: number;
  readonly length: number;
  /** Where it is in the file system; `undefined` for zeros, and for bytes that the inode holds. */
  readonly at: number | undefined;
  readonly type: 'data' | 'hole' | 'unwritten' | 'inline';
}

/** A file whose content can be read. */
export interface OpenFile {
  readonly stat: FileStat;
  readonly size: number;
  /** Bytes from a position on; fewer where the file ends. Bytes in one place on the disk are one read. */
  readonly read: (position: number, length: number) => Promise<Uint8Array>;
  /** All of the file in order, holes included. */
  readonly extents: () => AsyncGenerator<FileExtent, void, undefined>;
  /** The content as a web stream, from `start` to before `end`. */
  readonly createReadStream: (range?: ExtentOptions) => ReadableStream<Uint8Array>;
}

/** Opens the content of a node. */
export function openNode<Node extends { readonly stat: FileStat }>(
  tree: Tree<Node>,
  node: Node,
): OpenFile {
  const { size, inode } = node.stat;

  function* fill(target: Uint8Array, run: Run, skipped: number): Steps<void> {
    if (run.inline !== undefined) target.set(run.inline.subarray(skipped, skipped + target.length));
    else if (run.at !== undefined && !(yield* tree.fill(target, run.at)))
      throw failure('BLOCK_MAP_DAMAGED', { inode, reason: 'place', position: run.at });
  }

  function* readSteps(position: number, length: number): Steps<Uint8Array> {
    const end = Math.min(size, position + length);
    const target = new Uint8Array(Math.max(0, end - position));
    for (let at = position; at < end;) {
      const run = yield* tree.run(node, at);
      const stop = Math.min(end, run.position + run.length);
      yield* fill(target.subarray(at - position, stop - position), run, at - run.position);
      at = stop;
    }
    return target;
  }

  async function* extents(): AsyncGenerator<FileExtent, void, undefined> {
    let last: FileExtent | undefined;
    for (let at = 0; at < size;) {
      const run = await runAsync(tree.run(node, at));
      const extent = extentOf(run);
      const joined = last === undefined ? undefined : joinedExtent(last, extent);
      if (last !== undefined && joined === undefined) yield last;
      last = joined ?? extent;
      at = run.position + run.length;
    }
    if (last !== undefined) yield last;
  }

  const read = async (position: number, length: number): Promise<Uint8Array> => {
    requireCall(OPEN_FILE.read, [position, length]);
    return runAsync(readSteps(position, length));
  };
  return {
    stat: node.stat,
    ...{ size, read, extents },
    createReadStream: (range) => createWebStream({ size: bytes(size), read }, range),
  };
}

function extentOf({ position, length, at, inline, unwritten }: Run): FileExtent {
  const zeros = unwritten === true ? 'unwritten' : 'hole';
  const type = inline !== undefined ? 'inline' : at === undefined ? zeros : 'data';
  return { position, length, at, type };
}

/** Two extents as one, if nothing distinguishes them. */
function joinedExtent(first: FileExtent, next: FileExtent): FileExtent | undefined {
  const isNext =
    first.at === undefined ? next.at === undefined : next.at === first.at + first.length;
  if (first.type !== next.type || !isNext) return undefined;
  return { ...first, length: first.length + next.length };
}
