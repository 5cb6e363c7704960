import { DescriptorError } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import { failure, type Findings } from '../../../findings/findings.ts';
import type { FreeRange, FreeReader } from '../../../tree/tree.ts';
import type { Base } from '../base.ts';
import { isIntact } from '../layout/identity.ts';
import { parseFreeBlock, TREE_CHECKSUM, type FreeBlock } from './free-tree.ts';

const HEADER = { magic: 0x58414746, root: 16, level: 28, checksum: 216 };
/** No tree of free space is higher. */
const MOST_LEVELS = 9;
/** XFS has no smaller groups; a hostile disk could have no end of them. */
const LEAST_BLOCKS = 64;
const TREE = 'tree of free space';

/** A block of the tree that is to be read. */
interface Below {
  readonly block: number;
  /** The level that it has to be on. */
  readonly level: number;
}

/** The free space of one group that has been read so far. */
interface Walk {
  readonly group: number;
  readonly left: Below[];
  readonly seen: Set<number>;
  /** The first block that can be free: extents ascend. */
  from: number;
}

/** Reads the trees of free space, group by group, a leaf at a time. */
export function freeReader(base: Base, findings: Findings): FreeReader {
  const groups = groupsOn(base, findings);
  let group = 0;
  let walk: Walk | undefined;
  return function* () {
    for (;;) {
      try {
        if (walk === undefined) {
          if (group >= groups) return undefined;
          group += 1;
          walk = yield* begin(base, group - 1);
        }
        const free = yield* nextLeaf(base, walk);
        if (free === undefined) walk = undefined;
        else if (free.length > 0) return free;
      } catch (error) {
        if (!(error instanceof DescriptorError)) throw error;
        findings.note(error);
        walk = undefined;
      }
    }
  };
}

/** Groups that begin on the device. None, with a finding, if their size is impossible. */
function groupsOn({ superblock, device }: Base, { note }: Findings): number {
  const { groups, groupBlocks, blockSize } = superblock;
  if (groupBlocks < LEAST_BLOCKS) {
    note(damaged(0, 'the size of groups is impossible'));
    return 0;
  }
  return Math.min(groups, Math.ceil(device.size / (groupBlocks * blockSize)));
}

/** The header of a group, which names the root of its tree. */
function* begin({ device, superblock, report }: Base, group: number): Steps<Walk> {
  const { groupBlocks, blockSize, sectorSize, features } = superblock;
  const position = group * groupBlocks * blockSize + sectorSize;
  const structure = 'header of free space';
  const bytes = yield* device.bytes(position, sectorSize);
  if (bytes === undefined) throw failure('METADATA_UNREADABLE', { structure, position });
  const view = viewOf(bytes);
  const level = view.getUint32(HEADER.level);
  if (view.getUint32(0) !== HEADER.magic || level === 0 || level > MOST_LEVELS)
    throw failure('METADATA_UNREADABLE', { structure, position, reason: 'it is not one' });
  if (features.checksums && !isIntact(bytes, HEADER.checksum))
    report('METADATA_CHECKSUM', { structure, position });
  const left = [{ block: view.getUint32(HEADER.root), level: level - 1 }];
  return { group, left, seen: new Set(), from: 0 };
}

/** The free space that the next leaf lists; `undefined` after the last leaf. */
function* nextLeaf(base: Base, walk: Walk): Steps<readonly FreeRange[] | undefined> {
  for (let next = walk.left.pop(); next !== undefined; next = walk.left.pop()) {
    const { found, position } = yield* blockAt(base, walk, next);
    if ('extents' in found) return rangesOf(base, walk, found.extents, position);
    const level = next.level - 1;
    for (const block of found.children.toReversed()) walk.left.push({ block, level });
  }
  return undefined;
}

function* blockAt(
  base: Base,
  { group, seen }: Walk,
  { block, level }: Below,
): Steps<{ readonly found: FreeBlock; readonly position: number }> {
  const { device, superblock, report } = base;
  const { groupBlocks, blockSize, features } = superblock;
  const position = (group * groupBlocks + block) * blockSize;
  if (block >= groupBlocks || seen.has(block)) throw damaged(position, 'its place is impossible');
  seen.add(block);
  const bytes = yield* device.bytes(position, blockSize);
  if (bytes === undefined) throw failure('METADATA_UNREADABLE', { structure: TREE, position });
  const found = parseFreeBlock(bytes, superblock);
  if (typeof found === 'string') throw damaged(position, found);
  if (found.level !== level) throw damaged(position, 'its level is wrong');
  if (features.checksums && !isIntact(bytes, TREE_CHECKSUM))
    report('METADATA_CHECKSUM', { structure: TREE, position });
  return { found, position };
}

function rangesOf(
  { superblock }: Base,
  walk: Walk,
  extents: readonly (readonly [start: number, count: number])[],
  position: number,
): readonly FreeRange[] {
  const { groupBlocks, blockSize, blocks } = superblock;
  const first = walk.group * groupBlocks;
  const end = Math.min(groupBlocks, blocks - first);
  return extents.map(([start, count]) => {
    if (start < walk.from || count === 0 || start + count > end)
      throw damaged(position, 'an extent is impossible');
    walk.from = start + count;
    return { position: (first + start) * blockSize, length: count * blockSize };
  });
}

function damaged(position: number, reason: string): DescriptorError {
  return failure('METADATA_UNREADABLE', { structure: TREE, position, reason });
}
