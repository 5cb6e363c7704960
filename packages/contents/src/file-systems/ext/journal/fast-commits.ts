import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import type { Log } from './log.ts';
import type { JournalSuperblock } from './superblock.ts';

const HEAD = { tag: 9, length: 8, transactionAt: 8 };

/** Whether changes follow the log that were saved as a fast commit: then they belong to the next transaction. */
export function* hasFastCommits(
  log: Log,
  journal: JournalSuperblock,
  next: number,
): Steps<boolean> {
  if (!journal.hasFastCommits) return false;
  // Measured: the first block behind the log stays unused.
  const view = viewOf(yield* log.blockAt(journal.end + 1));
  return (
    view.getUint16(0, true) === HEAD.tag &&
    view.getUint16(2, true) === HEAD.length &&
    view.getUint32(HEAD.transactionAt, true) === next
  );
}
