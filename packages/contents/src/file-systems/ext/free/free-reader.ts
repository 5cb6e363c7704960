import { DescriptorError } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import { failure, type Findings } from '../../../findings/findings.ts';
import type { FreeRange, FreeReader } from '../../../tree/tree.ts';
import type { Base } from '../base.ts';
import { checksum } from '../layout/checksums.ts';
import { groupReader, type Group } from '../layout/groups.ts';
import { ownBlocks, type BlockSpan, type OwnBlocks } from './own-blocks.ts';

/** mke2fs makes no smaller groups; a hostile disk could have no end of them. */
const LEAST_BLOCKS = 256;

/** Reads the bitmaps of blocks, one group at a time. */
export function freeReader(base: Base, findings: Findings): FreeReader {
  const { superblock } = base;
  const groupAt = groupReader(base);
  const groups = groupsOn(base, findings);
  const own = ownBlocks(superblock, groupAt, groups);
  let group = 0;
  return function* () {
    while (group < groups) {
      const number = group;
      group += 1;
      try {
        const free = yield* freeIn(base, number, yield* groupAt(number), own);
        if (free.length > 0) return free;
      } catch (error) {
        if (!(error instanceof DescriptorError)) throw error;
        findings.note(error);
      }
    }
    return undefined;
  };
}

/** Groups whose maps can be read: those that begin on the device. None, with a finding, if their size is impossible. */
function groupsOn({ superblock, device }: Base, { note }: Findings): number {
  const { groups, blocksPerGroup, clusterBlocks, blockSize, firstBlock } = superblock;
  const clusters = blocksPerGroup / clusterBlocks;
  if (blocksPerGroup < LEAST_BLOCKS || clusterBlocks < 1 || clusters > blockSize * 8) {
    const reason = 'the size of groups is impossible';
    note(failure('METADATA_UNREADABLE', { structure: 'block bitmap', position: 0, reason }));
    return 0;
  }
  const there = device.size / blockSize - firstBlock;
  return Math.min(groups, Math.ceil(there / blocksPerGroup));
}

function* freeIn(
  base: Base,
  number: number,
  group: Group,
  own: OwnBlocks,
): Steps<readonly FreeRange[]> {
  const { blocks, blocksPerGroup, firstBlock, clusterBlocks, blockSize } = base.superblock;
  const first = firstBlock + number * blocksPerGroup;
  const count = Math.min(blocksPerGroup, blocks - first);
  const clusters = Math.ceil(count / clusterBlocks);
  const used = group.isUnused
    ? usedOf(yield* own(number), { first, clusters, clusterBlocks })
    : yield* bitmapOf(base, group);
  markUsed(used, addedSpans(base), { first, clusters, clusterBlocks });
  const free: FreeRange[] = [];
  for (let at = 0; at < clusters; at += 1) {
    if (isSet(used, at)) continue;
    const from = at;
    while (at < clusters && !isSet(used, at)) at += 1;
    const [start, end] = [from * clusterBlocks, Math.min(at * clusterBlocks, count)];
    free.push({ position: (first + start) * blockSize, length: (end - start) * blockSize });
  }
  return free;
}

function* bitmapOf(base: Base, group: Group): Steps<Uint8Array> {
  const { device, superblock, seed, report } = base;
  const { blockSize, blocksPerGroup, clusterBlocks, blocks } = superblock;
  const position = group.blockBitmap * blockSize;
  const bytes = group.blockBitmap < blocks ? yield* device.bytes(position, blockSize) : undefined;
  const structure = 'block bitmap';
  if (bytes === undefined) throw failure('METADATA_UNREADABLE', { structure, position });
  const length = Math.floor(blocksPerGroup / clusterBlocks / 8);
  if (seed === undefined) return bytes.slice();
  const { value, isWide } = group.bitmapChecksum;
  const found = checksum(seed, bytes.subarray(0, length));
  if ((isWide ? found : found & 0xffff) !== value)
    report('METADATA_CHECKSUM', { structure, position });
  return bytes.slice();
}

/** The bitmap that a group would have. */
function usedOf(spans: readonly BlockSpan[], place: GroupPlace): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(place.clusters / 8));
  markUsed(bitmap, spans, place);
  return bitmap;
}

type GroupPlace = Readonly<Record<'first' | 'clusters' | 'clusterBlocks', number>>;

function markUsed(
  bitmap: Uint8Array,
  spans: readonly BlockSpan[],
  { first, clusters, clusterBlocks }: GroupPlace,
): void {
  for (const [from, end] of spans) {
    const last = Math.min(clusters, Math.ceil((end - first) / clusterBlocks));
    for (let at = Math.max(0, Math.floor((from - first) / clusterBlocks)); at < last; at += 1)
      bitmap[at >> 3] = (bitmap[at >> 3] ?? 0) | (1 << (at & 7));
  }
}

/** Blocks that fast commits have allocated: no bitmap has them yet. */
function addedSpans({ fast }: Base): readonly BlockSpan[] {
  if (fast === undefined) return [];
  return Array.from(fast.inodes.values()).flatMap(({ ranges }) =>
    ranges
      .all()
      .flatMap(({ first, end, at }): readonly BlockSpan[] =>
        at === undefined ? [] : [[at, at + end - first]],
      ),
  );
}

function isSet(bitmap: Uint8Array, at: number): boolean {
  return ((bitmap[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}
