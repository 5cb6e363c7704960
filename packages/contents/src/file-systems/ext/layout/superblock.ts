import { viewOf } from '../../../bytes/fields.ts';
import { extFacts, extFlaw } from '../../../superblocks/ext.ts';
import type { DescribedFileSystem as Facts } from '../../../superblocks/file-system.ts';
import type { ReadSuperblock, SuperblockProblem } from '../../found-superblock.ts';
import { featuresOf, unknownFeatures, type Features } from './features.ts';

/** Bytes of a superblock. */
export const SUPERBLOCK_BYTES = 1024;
/** Where the first superblock is. */
export const SUPERBLOCK_AT = 1024;

const FEATURES_AT = { compat: 92, incompat: 96, roCompat: 100 };
const GOOD_OLD = { revision: 0, inodeBytes: 128 };

/** The numbers that say where everything is. Blocks are counted from the beginning of the file system. */
export interface Superblock {
  readonly facts: Facts;
  readonly features: Features;
  readonly blockSize: number;
  readonly blocks: number;
  readonly inodes: number;
  readonly inodeBytes: number;
  readonly inodesPerGroup: number;
  readonly blocksPerGroup: number;
  readonly firstBlock: number;
  readonly groups: number;
  readonly descriptorBytes: number;
  readonly firstMetaBg: number;
  /** Of `sparse_super2`. */
  readonly backupGroups: readonly [number, number];
  readonly clusterBlocks: number;
  /** Blocks after each copy of the superblock that are kept for more group descriptors. */
  readonly reservedDescriptorBlocks: number;
  readonly uuid: Uint8Array;
  readonly checksumSeed: number | undefined;
  readonly journalInode: number;
  /** Whether the journal is on another device. */
  readonly hasExternalJournal: boolean;
}

/** Reads a superblock. */
export function parseSuperblock(block: Uint8Array): ReadSuperblock<Superblock> | SuperblockProblem {
  const facts = extFacts(block);
  const view = viewOf(block);
  const incompat = view.getUint32(FEATURES_AT.incompat, true);
  if (view.getUint16(56, true) !== 0xef53) return { kind: 'absent' };
  const features = unknownFeatures(incompat);
  if (features.length > 0) return { kind: 'unsupported', features };
  if (facts === undefined) return { kind: 'absent' };
  const superblock = numbersIn(block, facts);
  const flaw = extFlaw(block, facts);
  const field =
    flaw === 'blocks' || flaw === 'block size' ? flaw : (impossible(superblock) ?? undefined);
  return field === undefined ? { superblock, flaw } : { kind: 'damaged', field };
}

function numbersIn(block: Uint8Array, facts: Facts): Superblock {
  const view = viewOf(block);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const features = featuresOf(
    u32(FEATURES_AT.compat),
    u32(FEATURES_AT.incompat),
    u32(FEATURES_AT.roCompat),
  );
  const { blockSize, blocks } = facts;
  const [firstBlock, blocksPerGroup] = [u32(20), u32(32)];
  return {
    ...{ facts, features, blockSize, blocks, firstBlock, blocksPerGroup },
    inodes: u32(0),
    inodeBytes: u32(76) === GOOD_OLD.revision ? GOOD_OLD.inodeBytes : u16(88),
    inodesPerGroup: u32(40),
    groups: Math.ceil((blocks - firstBlock) / blocksPerGroup),
    descriptorBytes: features.bits64 ? u16(254) : 32,
    firstMetaBg: u32(260),
    backupGroups: [u32(0x24c), u32(0x250)],
    clusterBlocks: features.bigalloc ? 2 ** (u32(28) - u32(24)) : 1,
    reservedDescriptorBlocks: features.resizeInode ? u16(206) : 0,
    uuid: block.slice(104, 120),
    checksumSeed: features.checksumSeed ? u32(0x270) : undefined,
    journalInode: u32(224),
    hasExternalJournal: features.journal && u32(224) === 0,
  };
}

function impossible(superblock: Superblock): string | undefined {
  const { blockSize, inodeBytes, inodesPerGroup, blocksPerGroup, descriptorBytes } = superblock;
  if (!isPowerOfTwo(inodeBytes) || inodeBytes < 128 || inodeBytes > blockSize) return 'inode size';
  if (inodesPerGroup === 0 || inodesPerGroup > blockSize * 8) return 'inodes per group';
  if (blocksPerGroup === 0) return 'blocks per group';
  if (!isPowerOfTwo(descriptorBytes) || descriptorBytes < 32 || descriptorBytes > blockSize)
    return 'descriptor size';
  return superblock.inodes > superblock.groups * inodesPerGroup ? 'inodes' : undefined;
}

function isPowerOfTwo(number: number): boolean {
  return number > 0 && Number.isInteger(Math.log2(number));
}
