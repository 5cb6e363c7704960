import type { Steps } from '@ploop/descriptor/internal';

import { updateCrc32c } from '../../../bytes/crc.ts';
import type { Report } from '../../../findings/findings.ts';
import { tagAt, type FastTag } from './fast-tags.ts';
import type { Log } from './log.ts';
import type { JournalSuperblock } from './superblock.ts';

/** A checksum begins with this, and has no final inversion. */
const CRC_START = 0;

/**
 * The changes of all fast commits that follow the log and are whole: each ends with a checksum, and belongs to the
 * transaction `next`, which was never committed as a whole.
 */
export function* readFastCommits(
  log: Log,
  journal: JournalSuperblock,
  next: number,
  report: Report,
): Steps<readonly FastTag[]> {
  const whole: FastTag[] = [];
  if (!journal.hasFastCommits) return whole;
  let waiting: FastTag[] = [];
  let crc = CRC_START;
  // Measured: the first block after the log stays unused.
  for (let number = journal.end + 1; number < journal.blocks; number += 1) {
    const block = yield* log.blockAt(number);
    for (let placed = tagAt(block, 0); ; placed = tagAt(block, placed.end)) {
      if (placed === undefined) {
        if (number === journal.end + 1 && waiting.length + whole.length === 0) return whole;
        break;
      }
      const { tag, checked } = placed;
      const isFirst = waiting.length + whole.length === 0;
      if (isFirst !== (tag.kind === 'head')) return whole;
      if (tag.kind === 'head') {
        if (tag.transaction !== next) return whole;
        if (tag.features !== 0) {
          report('JOURNAL_FAST_COMMITS', {});
          return whole;
        }
      }
      crc = updateCrc32c(crc, checked);
      waiting.push(tag);
      if (tag.kind !== 'tail') continue;
      if (tag.transaction !== next || tag.checksum !== crc) return whole;
      for (const one of waiting) whole.push(one);
      [waiting, crc] = [[], CRC_START];
    }
    // The content of a block is cut off only beyond the end of a commit.
    if (tagAt(block, 0) === undefined) return whole;
  }
  return whole;
}
