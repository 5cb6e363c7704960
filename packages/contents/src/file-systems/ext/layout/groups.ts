import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import { recent } from '../../../device/recent.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { checksum, crc16, without, wordOf } from './checksums.ts';
import type { Superblock } from './superblock.ts';

const CHECKSUM = { at: 30, bytes: 2 };
const AT = { blockBitmap: 0, inodeBitmap: 4, table: 8, flags: 18, bitmapChecksum: 24, high: 32 };
const HAS_HIGH = 64;
const BLOCKS_UNUSED = 0x2;
const KEPT = 4096;

/** What a group descriptor states. Places are blocks of the file system. */
export interface Group {
  readonly table: number;
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  /** Whether no block is used except for what the file system needs itself: its bitmap was never written. */
  readonly isUnused: boolean;
  /** Of the block bitmap: 32 bits, or 16. */
  readonly bitmapChecksum: { readonly value: number; readonly isWide: boolean };
}

/** Reads the descriptor of a group. */
export type GroupReader = (group: number) => Steps<Group>;

/** Reads group descriptors, and keeps the latest 4,096. */
export function groupReader({ device, superblock, seed, report }: Base): GroupReader {
  const known = recent<number, Group>(KEPT);
  const { descriptorBytes, features } = superblock;

  const stored = (group: number, bytes: Uint8Array): number | undefined => {
    const rest = without(bytes, [CHECKSUM.at, CHECKSUM.bytes]);
    if (seed !== undefined) return checksum(seed, group, ...rest) & 0xffff;
    if (!features.groupChecksums) return undefined;
    const [before, , after] = rest;
    const pieces = [before, after].filter((piece) => piece !== undefined);
    return crc16(superblock.uuid, wordOf(group), ...pieces);
  };

  return function* (group) {
    const found = known.get(group);
    if (found !== undefined) return found;
    const position = descriptorAt(superblock, group);
    const bytes = yield* device.bytes(position, descriptorBytes);
    if (bytes === undefined)
      throw failure('METADATA_UNREADABLE', { structure: 'group descriptor', position });
    const view = viewOf(bytes);
    const expected = stored(group, bytes);
    if (expected !== undefined && expected !== view.getUint16(CHECKSUM.at, true))
      report('METADATA_CHECKSUM', { structure: 'group descriptor', position });
    const described = groupIn(view, descriptorBytes >= HAS_HIGH);
    known.set(group, described);
    return described;
  };
}

function groupIn(view: DataView, hasHigh: boolean): Group {
  const blockAt = (at: number): number =>
    view.getUint32(at, true) + (hasHigh ? view.getUint32(at + AT.high, true) * 2 ** 32 : 0);
  const high = hasHigh ? view.getUint16(AT.bitmapChecksum + AT.high, true) : 0;
  return {
    table: blockAt(AT.table),
    blockBitmap: blockAt(AT.blockBitmap),
    inodeBitmap: blockAt(AT.inodeBitmap),
    isUnused: (view.getUint16(AT.flags, true) & BLOCKS_UNUSED) !== 0,
    bitmapChecksum: {
      value: view.getUint16(AT.bitmapChecksum, true) + high * 2 ** 16,
      isWide: hasHigh,
    },
  };
}

/** Where the descriptor of a group is, in bytes. */
function descriptorAt(superblock: Superblock, group: number): number {
  const { blockSize, descriptorBytes, firstBlock, blocksPerGroup, features } = superblock;
  const perBlock = blockSize / descriptorBytes;
  const index = Math.floor(group / perBlock);
  const within = (group % perBlock) * descriptorBytes;
  if (!features.metaBg || index < superblock.firstMetaBg) {
    // The superblock takes a block of its own; with 1 KiB blocks that count from 0, the boot block is before it.
    const first = (blockSize === 1024 ? 1 : 0) + 1;
    return (first + index) * blockSize + within;
  }
  const holder = index * perBlock;
  const offset = hasSuperblock(superblock, holder) ? 1 : 0;
  const boot = blockSize === 1024 && firstBlock === 0 && holder === 0 ? 1 : 0;
  return (firstBlock + holder * blocksPerGroup + offset + boot) * blockSize + within;
}

/** Whether a group begins with a copy of the superblock. */
export function hasSuperblock({ features, backupGroups }: Superblock, group: number): boolean {
  if (group === 0) return true;
  if (features.sparseSuper2) return backupGroups.includes(group);
  if (group === 1 || !features.sparseSuper) return true;
  return [3, 5, 7].some((base) => isPowerOf(base, group));
}

function isPowerOf(base: number, number: number): boolean {
  let power = base;
  while (power < number) power *= base;
  return power === number;
}
