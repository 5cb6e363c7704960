import type { Steps } from '@ploop/descriptor/internal';

import type { Overlay } from '../../../device/overlay.ts';
import { failure, type Findings } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { contentMap } from '../data/content.ts';
import { readAll } from '../data/read-all.ts';
import { inodeReader } from '../layout/inodes.ts';
import { hasFastCommits } from './fast-commits.ts';
import { openLog } from './log.ts';
import { replayOf } from './replay.ts';
import { JOURNAL_SUPERBLOCK_BYTES, parseJournalSuperblock } from './superblock.ts';
import { readTransactions } from './transactions.ts';

/** What a replay of the journal would change; `undefined` if that is nothing. */
export function* replayedBlocks(base: Base, findings: Findings): Steps<Overlay | undefined> {
  const { superblock, device } = base;
  if (superblock.hasExternalJournal) throw failure('JOURNAL_EXTERNAL', {});
  if (superblock.journalInode === 0) return undefined;
  const inode = yield* inodeReader(base)(superblock.journalInode);
  const map = contentMap(base, noInlineData);
  const bytes = yield* readAll(device, map, inode, JOURNAL_SUPERBLOCK_BYTES);
  const journal = parseJournalSuperblock(bytes);
  const reason =
    typeof journal === 'string'
      ? `${journal} of the journal`
      : journal.blockSize !== superblock.blockSize ||
          journal.end * journal.blockSize > inode.stat.size
        ? 'size of the journal'
        : undefined;
  if (typeof journal === 'string' || reason !== undefined)
    throw failure('JOURNAL_DAMAGED', { reason: reason ?? 'superblock', position: undefined });
  if (journal.start === 0) return undefined;
  const log = openLog(device, map, inode, journal);
  const { transactions, next } = yield* readTransactions(log, journal, findings.report);
  if (yield* hasFastCommits(log, journal, next)) findings.report('JOURNAL_FAST_COMMITS', {});
  return yield* replayOf(log, journal, transactions, superblock, findings.report);
}

/** The content of a journal is in blocks. */
function noInlineData(): never {
  throw failure('JOURNAL_DAMAGED', { reason: 'inode of the journal', position: undefined });
}
