import { CRC_START, updateCrc32c } from '../../../bytes/crc.ts';
import { viewOf } from '../../../bytes/fields.ts';
import { checksum, without } from '../layout/checksums.ts';

/** What every block of the log begins with, apart from data. */
export const JOURNAL_MAGIC = 0xc03b3998;
/** Bytes of the superblock of a journal. */
export const JOURNAL_SUPERBLOCK_BYTES = 1024;

const VERSIONS = { old: 3, withFeatures: 4 };
const COMPAT_CHECKSUM = 0x1;
const INCOMPAT = {
  bits64: 0x2,
  asyncCommit: 0x4,
  checksum2: 0x8,
  checksum3: 0x10,
  fastCommit: 0x20,
};
const REVOKE = 0x1;
const CHECKSUM_AT = 252;
const DEFAULT_FAST_BLOCKS = 256;

/** What the superblock of a journal states. Blocks are counted within the journal. */
export interface JournalSuperblock {
  readonly blockSize: number;
  readonly first: number;
  /** The first block that is not part of the log any more. */
  readonly end: number;
  /** Blocks of the whole journal; fast commits are after the log. */
  readonly blocks: number;
  /** Where the log begins; 0 if it is empty. */
  readonly start: number;
  /** Of the first transaction in the log. */
  readonly sequence: number;
  readonly has64Bits: boolean;
  /** 1: of each transaction. 2 and 3: of each block, in tags of different sizes. */
  readonly checksums: 0 | 1 | 2 | 3;
  /** Where checksums of versions 2 and 3 begin. */
  readonly seed: number;
  /** Whether fast commits may follow, after the log. */
  readonly hasFastCommits: boolean;
}

/** The superblock of a journal, or why it is not one that can be replayed. */
export function parseJournalSuperblock(bytes: Uint8Array): JournalSuperblock | string {
  const view = viewOf(bytes);
  const u32 = (at: number): number => view.getUint32(at);
  const version = u32(4);
  if (u32(0) !== JOURNAL_MAGIC) return 'magic';
  if (version !== VERSIONS.old && version !== VERSIONS.withFeatures) return 'version';
  const [compat, incompat] = version === VERSIONS.old ? [0, 0] : [u32(36), u32(40)];
  const known = Object.values(INCOMPAT).reduce((all, bit) => all | bit, REVOKE);
  if ((incompat & ~known) !== 0) return 'features';
  const has = (bit: number): boolean => (incompat & bit) !== 0;
  const checksums = has(INCOMPAT.checksum3)
    ? 3
    : has(INCOMPAT.checksum2)
      ? 2
      : (compat & COMPAT_CHECKSUM) !== 0
        ? 1
        : 0;
  if (
    checksums > 1 &&
    checksum(CRC_START, ...without(bytes, [CHECKSUM_AT, 4])) !== u32(CHECKSUM_AT)
  )
    return 'checksum';
  const fastBlocks = has(INCOMPAT.fastCommit) ? u32(84) || DEFAULT_FAST_BLOCKS : 0;
  const [first, end, start] = [u32(20), u32(16) - fastBlocks, u32(28)];
  if (first < 1 || first >= end || (start !== 0 && (start < first || start >= end)))
    return 'length';
  return {
    ...{ first, end, start, checksums },
    blocks: u32(16),
    blockSize: u32(12),
    sequence: u32(24),
    has64Bits: has(INCOMPAT.bits64),
    seed: updateCrc32c(CRC_START, bytes.subarray(48, 64)),
    hasFastCommits: has(INCOMPAT.fastCommit),
  };
}
