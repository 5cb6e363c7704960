import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import { recent } from '../../../device/recent.ts';
import { failure } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { checksum, crc16, without, wordOf } from './checksums.ts';
import type { Superblock } from './superblock.ts';

const CHECKSUM = { at: 30, bytes: 2 };
const TABLE = { low: 8, high: 40 };
const KEPT = 4096;

/** Finds the inode table of a group: its first block. */
export type InodeTables = (group: number) => Steps<number>;

/** The inode tables that the group descriptors name. */
export function inodeTables({ device, superblock, seed, report }: Base): InodeTables {
  const known = recent<number, number>(KEPT);
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
    const high = descriptorBytes >= 64 ? view.getUint32(TABLE.high, true) : 0;
    const table = view.getUint32(TABLE.low, true) + high * 2 ** 32;
    known.set(group, table);
    return table;
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
function hasSuperblock({ features, backupGroups }: Superblock, group: number): boolean {
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
