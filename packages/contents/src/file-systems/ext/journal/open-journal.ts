import type { Steps } from '@ploop/descriptor/internal';

import type { Overlay } from '../../../device/overlay.ts';
import { failure, type Findings } from '../../../findings/findings.ts';
import type { Base } from '../base.ts';
import { contentMap } from '../data/content.ts';
import { readAll } from '../data/read-all.ts';
import { inodeReader } from '../layout/inodes.ts';
import { fastChangesOf, type FastChanges } from './fast-changes.ts';
import { readFastCommits } from './fast-commits.ts';
import { openLog } from './log.ts';
import { replayOf } from './replay.ts';
import { JOURNAL_SUPERBLOCK_BYTES, parseJournalSuperblock } from './superblock.ts';
import { readTransactions } from './transactions.ts';

/** What a replay of a journal would change. */
export interface Replay {
  readonly overlay: Overlay;
  /** What fast commits change after that; `undefined` if it has no fast commits. */
  readonly fast: FastChanges | undefined;
}

/** What a replay of the journal would change; `undefined` if that is nothing. */
export function* replayOfJournal(base: Base, findings: Findings): Steps<Replay | undefined> {
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
          journal.blocks * journal.blockSize > inode.stat.size
        ? 'size of the journal'
        : undefined;
  if (typeof journal === 'string' || reason !== undefined)
    throw failure('JOURNAL_DAMAGED', { reason: reason ?? 'superblock', position: undefined });
  if (journal.start === 0) return undefined;
  const log = openLog(device, map, inode, journal);
  const { transactions, next } = yield* readTransactions(log, journal, findings.report);
  const overlay = yield* replayOf(log, journal, transactions, superblock, findings.report);
  const tags = yield* readFastCommits(log, journal, next, findings.report);
  return { overlay, fast: fastChangesOf(tags) };
}

/** The content of a journal is in blocks. */
function noInlineData(): never {
  throw failure('JOURNAL_DAMAGED', { reason: 'inode of the journal', position: undefined });
}
