import { failure, type Findings } from '../../findings/findings.ts';
import type { Device } from '../../device/line-cache.ts';
import type { Tree } from '../../tree/tree.ts';
import { xattrsOf } from './attributes/xattrs.ts';
import { contentMap, pieceReader } from './data/content.ts';
import { blockMap } from './data/extents.ts';
import { targetReader } from './data/symlink.ts';
import { entryReader } from './directory/entries.ts';
import { freeReader } from './free/free-reader.ts';
import type { Inode } from './layout/inode.ts';
import { inodeReader } from './layout/inodes.ts';
import type { Superblock } from './layout/superblock.ts';

/** The files of an XFS file system. */
export function xfsTree(device: Device, superblock: Superblock, findings: Findings): Tree<Inode> {
  const base = { device, superblock, report: findings.report };
  const content = contentMap(base, blockMap(base));
  const pieces = pieceReader(base, content);
  return {
    facts: superblock.facts,
    root: superblock.root,
    node: inodeReader(base),
    fill: device.fill,
    entries: (inode, seen) => entryReader({ ...base, content, pieces }, inode, seen),
    target: targetReader(base, pieces),
    run: ({ data, stat }, position) => content(data, position, stat.size),
    xattrs: (inode) => xattrsOf({ ...base, findings, pieces }, inode),
    free: () => freeReader(base, findings),
    requireReadable: ({ stat, isRealtime }) => {
      if (isRealtime) throw failure('FILE_REALTIME', { inode: stat.inode });
    },
  };
}
