import type { Reader, Steps } from '@ploop/descriptor/reading';

import { deviceOf } from '../../device/line-cache.ts';
import { failure, type Findings } from '../../findings/findings.ts';
import type { Tree } from '../../tree/tree.ts';
import { extTree } from './ext-tree.ts';
import type { Inode } from './layout/inode.ts';
import {
  parseSuperblock,
  SUPERBLOCK_AT,
  SUPERBLOCK_BYTES,
  type Superblock,
} from './layout/superblock.ts';

/** Opens an ext file system; `undefined` if there is none. */
export function* openExt(
  read: Reader,
  size: number,
  findings: Findings,
): Steps<Tree<Inode> | undefined> {
  const superblock = yield* readSuperblock(read, size, findings);
  if (superblock === undefined) return undefined;
  const { blocks, blockSize, facts } = superblock;
  const needed = blocks * blockSize;
  if (needed > size)
    findings.report('FILE_SYSTEM_TRUNCATED', {
      ...{ type: facts.type, start: 0 },
      ...{ size: needed, length: size },
    });
  return extTree(deviceOf(read, Math.min(size, needed)), superblock, findings);
}

function* readSuperblock(
  read: Reader,
  size: number,
  { report }: Findings,
): Steps<Superblock | undefined> {
  if (size < SUPERBLOCK_AT + SUPERBLOCK_BYTES) return undefined;
  const block = new Uint8Array(SUPERBLOCK_BYTES);
  if ((yield* read(block, SUPERBLOCK_AT)) < SUPERBLOCK_BYTES) return undefined;
  const found = parseSuperblock(block);
  const position = SUPERBLOCK_AT;
  if ('superblock' in found) {
    const { superblock, flaw } = found;
    if (flaw !== undefined) report('SUPERBLOCK_DAMAGED', { family: 'ext', position, field: flaw });
    return superblock;
  }
  if (found.kind === 'absent') return undefined;
  throw found.kind === 'unsupported'
    ? failure('FEATURES_UNKNOWN', { family: 'ext', features: found.features })
    : failure('SUPERBLOCK_DAMAGED', { family: 'ext', position, field: found.field });
}
