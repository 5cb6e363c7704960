import type { Steps } from '@ploop/descriptor/internal';

import type { Overlay } from '../../../device/overlay.ts';
import type { Report } from '../../../findings/findings.ts';
import type { Superblock } from '../layout/superblock.ts';
import type { Log } from './log.ts';
import type { JournalSuperblock } from './superblock.ts';
import { revokedBlocks } from './tags.ts';
import type { Transaction, Write } from './transactions.ts';

const MAGIC_BYTES = Uint8Array.of(0xc0, 0x3b, 0x39, 0x98);

/**
 * The blocks that a replay would write, and where they are in the journal: the last write of each that no later
 * transaction, nor the same one, revoked.
 */
export function* replayOf(
  log: Log,
  journal: JournalSuperblock,
  transactions: readonly Transaction[],
  { blocks, blockSize }: Superblock,
  report: Report,
): Steps<Overlay> {
  const revoked = yield* revocationsOf(log, journal, transactions);
  const last = new Map<number, Write>();
  for (const [number, { writes }] of transactions.entries())
    for (const write of writes) {
      if (number <= (revoked.get(write.block) ?? -1)) continue;
      if (write.block < blocks) last.set(write.block, write);
      else
        report('JOURNAL_DAMAGED', {
          reason: 'place of a block',
          position: yield* log.positionOf(write.from),
        });
    }
  const targets = Float64Array.from(last.keys()).sort();
  const positions = new Float64Array(targets.length);
  const beginnings = new Map<number, Uint8Array>();
  for (const [index, target] of targets.entries()) {
    const write = last.get(target);
    if (write === undefined) continue;
    positions[index] = yield* log.positionOf(write.from);
    if (write.isEscaped) beginnings.set(target, MAGIC_BYTES);
  }
  return { blockSize, blocks: targets, positions, beginnings };
}

/** The last transaction that revoked each block that is written, by its place among them. */
function* revocationsOf(
  log: Log,
  journal: JournalSuperblock,
  transactions: readonly Transaction[],
): Steps<ReadonlyMap<number, number>> {
  const written = new Set(transactions.flatMap(({ writes }) => writes.map(({ block }) => block)));
  const revoked = new Map<number, number>();
  for (const [number, { revocations }] of transactions.entries())
    for (const from of revocations)
      for (const block of revokedBlocks(yield* log.blockAt(from), journal))
        if (written.has(block)) revoked.set(block, number);
  return revoked;
}
