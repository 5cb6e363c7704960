import type { Steps } from '@ploop/descriptor/internal';

import type { Report } from '../../../findings/findings.ts';
import {
  isCommitIntact,
  isDataIntact,
  isListIntact,
  transactionChecksum,
  updateTransactionCrc,
} from './block-checksums.ts';
import { KIND, kindOf, type Log } from './log.ts';
import type { JournalSuperblock } from './superblock.ts';
import { parseTags } from './tags.ts';

const CRC_START = 0xffffffff;

/** A block of the file system that a transaction wrote. */
export interface Write {
  readonly block: number;
  /** Number of the block in the journal that holds it. */
  readonly from: number;
  readonly isEscaped: boolean;
}

/** A transaction that was committed. */
export interface Transaction {
  readonly writes: readonly Write[];
  /** Blocks of the journal that list revoked blocks. */
  readonly revocations: readonly number[];
}

/** What has been read of a log. */
export interface ReadLog {
  readonly transactions: readonly Transaction[];
  /** Number of the transaction that comes next. */
  readonly next: number;
}

/** Reads all transactions that were committed. The log ends at the first block that is not part of the next one. */
export function* readTransactions(
  log: Log,
  journal: JournalSuperblock,
  report: Report,
): Steps<ReadLog> {
  const transactions: Transaction[] = [];
  let [block, left] = [journal.start, journal.end - journal.first];
  for (let sequence = journal.sequence; ; sequence = (sequence + 1) >>> 0) {
    const read = yield* readTransaction(log, journal, report, { block, left, sequence });
    if (read === undefined) return { transactions, next: sequence };
    transactions.push(read.transaction);
    [block, left] = [read.block, read.left];
  }
}

/** Where a transaction begins, and how many blocks of the ring have not been read. */
interface Place {
  readonly block: number;
  readonly left: number;
  readonly sequence: number;
}

function* readTransaction(
  log: Log,
  journal: JournalSuperblock,
  report: Report,
  { sequence, ...start }: Place,
): Steps<{ transaction: Transaction; block: number; left: number } | undefined> {
  const writes: Write[] = [];
  const revocations: number[] = [];
  let crc = CRC_START;
  const sum = (bytes: Uint8Array): void => {
    if (journal.checksums === 1) crc = updateTransactionCrc(crc, bytes);
  };
  let { block, left } = start;
  const damaged = function* (reason: string): Steps<undefined> {
    report('JOURNAL_DAMAGED', { reason, position: yield* log.positionOf(block) });
    return undefined;
  };

  for (; left > 0; [block, left] = [log.after(block), left - 1]) {
    const bytes = yield* log.blockAt(block);
    const kind = kindOf(bytes, sequence);
    if (kind === KIND.commit) {
      const expected = journal.checksums === 1 ? transactionChecksum(bytes) : undefined;
      if (!isCommitIntact(bytes, journal) || (expected !== undefined && expected !== crc))
        return yield* damaged('checksum of a commit block');
      return { transaction: { writes, revocations }, block: log.after(block), left: left - 1 };
    }
    if (kind !== KIND.descriptor && kind !== KIND.revocation) return undefined;
    if (!isListIntact(bytes, journal)) return yield* damaged('checksum of a block');
    if (kind === KIND.revocation) {
      revocations.push(block);
      continue;
    }
    sum(bytes);
    for (const tag of parseTags(bytes, journal)) {
      [block, left] = [log.after(block), left - 1];
      if (left <= 0) return undefined;
      const data = yield* log.blockAt(block);
      sum(data);
      const { block: target, isEscaped } = tag;
      if (isDataIntact(data, tag, sequence, journal))
        writes.push({ block: target, from: block, isEscaped });
      else yield* damaged('checksum of data');
    }
  }
  return undefined;
}
