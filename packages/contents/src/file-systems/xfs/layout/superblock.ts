import { viewOf, wideAt } from '../../../bytes/fields.ts';
import type { DescribedFileSystem as Facts } from '../../../superblocks/file-system.ts';
import { isXfs, xfsFacts, xfsFlaw } from '../../../superblocks/xfs.ts';
import type { ReadSuperblock, SuperblockProblem } from '../../found-superblock.ts';
import { featuresOf, unknownFeatures, type Features } from './features.ts';

const INODE_SIZES = { least: 256, most: 2048 };
const DIRECTORY_BLOCK_MOST = 65_536;
const MOST_GROUP_BITS = 31;

/** The numbers that say where everything is. */
export interface Superblock {
  readonly facts: Facts;
  readonly features: Features;
  readonly blockSize: number;
  readonly blocks: number;
  readonly sectorSize: number;
  readonly inodeBytes: number;
  readonly inodesPerBlock: number;
  readonly groups: number;
  readonly groupBlocks: number;
  /** What a group number is multiplied by in numbers of blocks: a power of two, at least `groupBlocks`. */
  readonly groupStep: number;
  readonly directoryBlockSize: number;
  readonly root: number;
  /** The first block of the log as such a number; 0 if the log is on another device. */
  readonly logStart: number;
  readonly logBlocks: number;
  /** As metadata states it; `undefined` if the superblock has a wrong checksum, so that this may be what is wrong. */
  readonly uuid: Uint8Array | undefined;
}

/** Reads a superblock. */
export function parseSuperblock(bytes: Uint8Array): ReadSuperblock<Superblock> | SuperblockProblem {
  if (!isXfs(bytes)) return { kind: 'absent' };
  const view = viewOf(bytes);
  const words = {
    version: view.getUint16(100),
    more: view.getUint32(200),
    incompat: view.getUint32(216),
  };
  const unknown = unknownFeatures(words);
  if (unknown.length > 0) return { kind: 'unsupported', features: unknown };
  const facts = xfsFacts(bytes);
  if (typeof facts === 'string') return { kind: 'damaged', field: facts };
  const superblock = numbersIn(bytes, facts, featuresOf(words));
  const field = impossible(superblock);
  if (field !== undefined) return { kind: 'damaged', field };
  const state = superblock.features.needsRepair ? 'state: a repair did not end' : undefined;
  const flaw = xfsFlaw(bytes, facts);
  return flaw === 'checksum'
    ? { superblock: { ...superblock, uuid: undefined }, flaw }
    : { superblock, flaw: flaw ?? state };
}

function numbersIn(bytes: Uint8Array, facts: Facts, features: Features): Superblock {
  const view = viewOf(bytes);
  const { blockSize, blocks } = facts;
  const inodeBytes = view.getUint16(104);
  return {
    ...{ facts, features, blockSize, blocks, inodeBytes },
    sectorSize: view.getUint16(102),
    inodesPerBlock: blockSize / inodeBytes,
    groups: view.getUint32(88),
    groupBlocks: view.getUint32(84),
    groupStep: 2 ** view.getUint8(124),
    directoryBlockSize: blockSize * 2 ** view.getUint8(192),
    root: wideAt(view, 56),
    logStart: wideAt(view, 48),
    logBlocks: view.getUint32(96),
    uuid: features.metadataUuid ? bytes.slice(248, 264) : bytes.slice(32, 48),
  };
}

function impossible(superblock: Superblock): string | undefined {
  const { inodeBytes, blockSize, groups, groupBlocks, groupStep, blocks, sectorSize } = superblock;
  const isInodeSize = inodeBytes >= INODE_SIZES.least && inodeBytes <= INODE_SIZES.most;
  if (!isInodeSize || !Number.isInteger(Math.log2(inodeBytes)) || inodeBytes > blockSize)
    return 'inode size';
  if (sectorSize < 512 || sectorSize > 32_768 || !Number.isInteger(Math.log2(sectorSize)))
    return 'sector size';
  if (groupBlocks > groupStep || groupStep > 2 ** MOST_GROUP_BITS) return 'size of groups';
  if (groupBlocks === 0 || groups !== Math.ceil(blocks / groupBlocks)) return 'number of groups';
  return superblock.directoryBlockSize > DIRECTORY_BLOCK_MOST
    ? 'size of directory blocks'
    : undefined;
}

/** The block, counted from the beginning of the file system, for a number that names a group and a block in it. */
export function blockOf(
  { groups, groupBlocks, groupStep }: Superblock,
  number: number,
): number | undefined {
  const group = Math.floor(number / groupStep);
  const block = number - group * groupStep;
  return group < groups && block < groupBlocks ? group * groupBlocks + block : undefined;
}
