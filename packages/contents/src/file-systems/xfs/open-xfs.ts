import type { Reader, Steps } from '@ploop/descriptor/internal';

import { readBytes } from '../../bytes/read-bytes.ts';
import { deviceOf } from '../../device/line-cache.ts';
import type { Findings } from '../../findings/findings.ts';
import { XFS_BYTES } from '../../superblocks/xfs.ts';
import type { Tree } from '../../tree/tree.ts';
import { foundSuperblock, reportTruncated } from '../found-superblock.ts';
import type { Inode } from './layout/inode.ts';
import { parseSuperblock, type Superblock } from './layout/superblock.ts';
import { logState } from './log/log-state.ts';
import { xfsTree } from './xfs-tree.ts';

/** Opens an XFS file system, whose log is not replayed; `undefined` if it does not exist. */
export function* openXfs(
  read: Reader,
  size: number,
  findings: Findings,
): Steps<Tree<Inode> | undefined> {
  const superblock = yield* readSuperblock(read, size, findings);
  if (superblock === undefined) return undefined;
  const { blocks, blockSize } = superblock;
  reportTruncated(superblock, size, findings);
  const device = deviceOf(read, Math.min(size, blocks * blockSize));
  const state = yield* logState(device, superblock);
  if (state !== 'clean') findings.report('LOG_NOT_REPLAYED', { state });
  return xfsTree(device, superblock, findings);
}

function* readSuperblock(
  read: Reader,
  size: number,
  findings: Findings,
): Steps<Superblock | undefined> {
  const found = parseSuperblock(yield* readBytes(read, 0, Math.min(size, XFS_BYTES)));
  return foundSuperblock(found, { family: 'xfs', position: 0 }, findings);
}
