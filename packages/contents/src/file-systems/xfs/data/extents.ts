import type { Steps } from '@ploop/descriptor/internal';

import { lastAtMost } from '../../../bytes/last-at-most.ts';
import { recent } from '../../../device/recent.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import type { Fork } from '../layout/forks.ts';
import { foreignField } from '../layout/identity.ts';
import { blockOf } from '../layout/superblock.ts';
import {
  parseExtents,
  parseRoot,
  parseTreeBlock,
  TREE_IDENTITY,
  type ExtentNode,
} from './extent-node.ts';

const KEPT = 256;
/** Behind the last block that a fork can have. */
const BLOCKS_END = 2 ** 54;

/** Blocks of a fork that are in one place. */
interface BlockRun {
  readonly length: number;
  /** The first one, from the beginning of the file system; `undefined` for a hole. */
  readonly at: number | undefined;
  readonly isUnwritten: boolean;
}

/** Finds the blocks of a fork from `block` on, as far as they are in one place. */
export type BlockMap = (fork: Fork, block: number) => Steps<BlockRun>;

/** Blocks of forks that have a list or a tree of extents. */
export function blockMap(base: Base): BlockMap {
  const { device, superblock } = base;
  const { blockSize, blocks } = superblock;
  const nodes = recent<string, ExtentNode>(KEPT);

  const damaged = ({ inode }: Fork, reason: string, position: number | undefined) =>
    failure('BLOCK_MAP_DAMAGED', { inode, reason, position });

  /** The child of a node, which has to be one level lower, and to begin where its parent says or later. */
  function* childOf(fork: Fork, parent: ExtentNode, index: number): Steps<ExtentNode> {
    const block = blockOf(superblock, parent.at[index] ?? 0);
    if (block === undefined || block === 0) throw damaged(fork, 'place', undefined);
    const position = block * blockSize;
    const key = `${String(fork.inode)} ${String(block)}`;
    const node = nodes.get(key) ?? (yield* load(fork, position));
    if (node.level !== parent.level - 1) throw damaged(fork, 'level', position);
    if (node.first.length === 0) throw damaged(fork, 'number of entries', position);
    if ((node.first[0] ?? 0) < (parent.first[index] ?? 0)) throw damaged(fork, 'order', position);
    nodes.set(key, node);
    return node;
  }

  function* load(fork: Fork, position: number): Steps<ExtentNode> {
    const bytes = yield* device.bytes(position, blockSize);
    if (bytes === undefined) throw damaged(fork, 'place', position);
    const node = parseTreeBlock(bytes, superblock.features.checksums);
    if (typeof node === 'string') throw damaged(fork, node, position);
    const use = { structure: 'extent block', position, inode: fork.inode };
    const foreign = foreignField(base, bytes, TREE_IDENTITY, use);
    if (foreign !== undefined) throw damaged(fork, foreign, position);
    return node;
  }

  return function* (fork, block) {
    const root =
      fork.format === 'tree' ? parseRoot(fork.bytes) : parseExtents(fork.bytes, fork.extents);
    if (typeof root === 'string') throw damaged(fork, root, undefined);
    let node = root;
    let end = BLOCKS_END;
    for (;;) {
      const index = lastAtMost(node.first, block);
      end = Math.min(end, node.first[index + 1] ?? BLOCKS_END);
      if (index < 0) return hole(end - block);
      if (node.level === 0) return runIn(fork, node, index, block, end);
      node = yield* childOf(fork, node, index);
    }
  };

  /** The extent that holds a block, or the hole that does. */
  function runIn(
    fork: Fork,
    node: ExtentNode,
    index: number,
    block: number,
    end: number,
  ): BlockRun {
    const skipped = block - (node.first[index] ?? 0);
    const left = (node.length[index] ?? 0) - skipped;
    if (left <= 0) return hole(end - block);
    const length = Math.min(left, end - block);
    const number = (node.at[index] ?? 0) + skipped;
    const at = blockOf(superblock, number);
    const last = blockOf(superblock, number + length - 1);
    // An extent is within one group.
    const isInside = at !== undefined && at > 0 && last === at + length - 1 && last < blocks;
    if (!isInside || (last + 1) * blockSize > device.size)
      throw damaged(fork, 'place', at === undefined ? undefined : at * blockSize);
    return { length, at, isUnwritten: node.isUnwritten[index] === 1 };
  }
}

function hole(length: number): BlockRun {
  return { length, at: undefined, isUnwritten: false };
}
