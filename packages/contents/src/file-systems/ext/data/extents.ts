import type { Steps } from '@ploop/descriptor/internal';

import { lastAtMost } from '../../../bytes/last-at-most.ts';
import { viewOf } from '../../../bytes/fields.ts';
import { recent } from '../../../device/recent.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { checksum, inodeSeed } from '../layout/checksums.ts';
import { placeIn, type Inode } from '../layout/inode.ts';
import { hole, type BlockMap, type BlockRun } from './block-run.ts';
import { parseExtentNode, type ExtentNode } from './extent-node.ts';

const KEPT = 256;
/** Behind the last block that a file can have. */
const BLOCKS_END = 2 ** 32;

/** Blocks of files that have an extent tree. */
export function extentMap(base: Base): BlockMap {
  const nodes = recent<string, ExtentNode>(KEPT);

  const damaged = (inode: Inode, reason: string, block: number | undefined) =>
    failure('BLOCK_MAP_DAMAGED', {
      inode: inode.stat.inode,
      reason,
      position: block === undefined ? undefined : block * base.superblock.blockSize,
    });

  /** The child of a node, which has to be one level lower, and to begin where its parent says or later. */
  function* childOf(inode: Inode, parent: ExtentNode, index: number): Steps<ExtentNode> {
    const block = parent.at[index] ?? 0;
    const key = `${String(inode.stat.inode)} ${String(inode.generation)} ${String(block)}`;
    const node = nodes.get(key) ?? (yield* load(inode, block));
    if (node.depth !== parent.depth - 1) throw damaged(inode, 'depth', block);
    if (node.first.length === 0) throw damaged(inode, 'entries', block);
    if ((node.first[0] ?? 0) < (parent.first[index] ?? 0)) throw damaged(inode, 'order', block);
    nodes.set(key, node);
    return node;
  }

  function* load(inode: Inode, block: number): Steps<ExtentNode> {
    const { device, superblock, seed, report } = base;
    const position = block * superblock.blockSize;
    const bytes = yield* device.bytes(position, superblock.blockSize);
    if (bytes === undefined || block >= superblock.blocks || block === 0)
      throw damaged(inode, 'place', block);
    const node = parseExtentNode(bytes);
    if (typeof node === 'string') throw damaged(inode, node, block);
    const own = seed === undefined ? 0 : inodeSeed(seed, inode.stat.inode, inode.generation);
    const hasChecksum = seed !== undefined && node.end + 4 <= bytes.length;
    if (hasChecksum && checksum(own, bytes.subarray(0, node.end)) !== wordAt(bytes, node.end))
      report('METADATA_CHECKSUM', {
        ...{ structure: 'extent block', position },
        inode: inode.stat.inode,
      });
    return node;
  }

  return function* (inode, block) {
    const root = parseExtentNode(placeIn(inode));
    if (typeof root === 'string') throw damaged(inode, root, undefined);
    let node = root;
    let end = BLOCKS_END;
    for (;;) {
      const index = lastAtMost(node.first, block);
      end = Math.min(end, node.first[index + 1] ?? BLOCKS_END);
      if (index < 0) return hole(end - block);
      if (node.depth === 0) return runIn(node, index, block, end);
      node = yield* childOf(inode, node, index);
    }
  };
}

/** What an entry of a leaf says of a block: a part of its extent, or the hole after it. */
function runIn(node: ExtentNode, index: number, block: number, end: number): BlockRun {
  const skipped = block - (node.first[index] ?? 0);
  const left = (node.length[index] ?? 0) - skipped;
  if (left <= 0) return hole(end - block);
  return {
    length: Math.min(left, end - block),
    at: (node.at[index] ?? 0) + skipped,
    isUnwritten: node.isUnwritten[index] === 1,
  };
}

function wordAt(bytes: Uint8Array, at: number): number {
  return viewOf(bytes).getUint32(at, true);
}
