import { DescriptorError } from '@ploop/descriptor';
import type { Reader, Steps } from '@ploop/descriptor/internal';

import { deviceOf } from '../../device/line-cache.ts';
import { overlaid } from '../../device/overlay.ts';
import type { Findings } from '../../findings/findings.ts';
import type { Tree } from '../../tree/tree.ts';
import { foundSuperblock, reportTruncated } from '../found-superblock.ts';
import { extTree } from './ext-tree.ts';
import type { FastChanges } from './journal/fast-changes.ts';
import { replayOfJournal } from './journal/open-journal.ts';
import { seedOf } from './layout/checksums.ts';
import type { Inode } from './layout/inode.ts';
import {
  parseSuperblock,
  SUPERBLOCK_AT,
  SUPERBLOCK_BYTES,
  type Superblock,
} from './layout/superblock.ts';

/** Opens an ext file system, its journal replayed if `replay` says so; `undefined` if it does not exist. */
export function* openExt(
  read: Reader,
  size: number,
  findings: Findings,
  replay: boolean,
): Steps<Tree<Inode> | undefined> {
  const stored = yield* readSuperblock(read, size, findings);
  if (stored === undefined) return undefined;
  reportTruncated(stored, size, findings);
  const { present, fast } = stored.features.recover
    ? yield* replayed(read, size, stored, replay, findings)
    : { present: read, fast: undefined };
  const superblock =
    present === read ? stored : ((yield* readSuperblock(present, size, findings)) ?? stored);
  const end = Math.min(size, superblock.blocks * superblock.blockSize);
  return extTree(deviceOf(present, end), superblock, findings, fast);
}

/** What is read once the journal has been replayed. */
interface Replayed {
  readonly present: Reader;
  readonly fast: FastChanges | undefined;
}

/** The blocks as they are once the journal has been replayed. */
function* replayed(
  read: Reader,
  size: number,
  superblock: Superblock,
  replay: boolean,
  findings: Findings,
): Steps<Replayed> {
  if (!replay) {
    findings.report('JOURNAL_SKIPPED', {});
    return { present: read, fast: undefined };
  }
  const end = Math.min(size, superblock.blocks * superblock.blockSize);
  const device = deviceOf(read, end);
  const base = { device, superblock, seed: seedOf(superblock), report: findings.report };
  try {
    const found = yield* replayOfJournal(base, findings);
    if (found === undefined) return { present: read, fast: undefined };
    return { present: overlaid(read, found.overlay), fast: found.fast };
  } catch (error) {
    if (!(error instanceof DescriptorError) || error.code === 'JOURNAL_EXTERNAL') throw error;
    findings.note(error);
    findings.report('JOURNAL_SKIPPED', {});
    return { present: read, fast: undefined };
  }
}

function* readSuperblock(
  read: Reader,
  size: number,
  findings: Findings,
): Steps<Superblock | undefined> {
  if (size < SUPERBLOCK_AT + SUPERBLOCK_BYTES) return undefined;
  const block = new Uint8Array(SUPERBLOCK_BYTES);
  if ((yield* read(block, SUPERBLOCK_AT)) < SUPERBLOCK_BYTES) return undefined;
  const found = parseSuperblock(block);
  return foundSuperblock(found, { family: 'ext', position: SUPERBLOCK_AT }, findings);
}
