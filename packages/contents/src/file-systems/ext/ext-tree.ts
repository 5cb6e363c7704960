import type { Findings } from '../../findings/findings.ts';
import { failure } from '../../findings/findings.ts';
import type { Device } from '../../device/line-cache.ts';
import type { Tree } from '../../tree/tree.ts';
import { inlineDataOf } from './attributes/inline-data.ts';
import { xattrReader, type LargeValue } from './attributes/stored.ts';
import { xattrsOf } from './attributes/xattrs.ts';
import type { Base } from './base.ts';
import { contentMap, type ContentMap } from './data/content.ts';
import { readAll } from './data/read-all.ts';
import { targetOf } from './data/symlink.ts';
import { entryReader } from './directory/entries.ts';
import { freeReader } from './free/free-reader.ts';
import type { FastChanges } from './journal/fast-changes.ts';
import { seedOf } from './layout/checksums.ts';
import { FLAG } from './layout/flags.ts';
import type { Inode } from './layout/inode.ts';
import { inodeReader } from './layout/inodes.ts';
import type { Superblock } from './layout/superblock.ts';

const ROOT = 2;

/** The files of an ext file system. */
export function extTree(
  device: Device,
  superblock: Superblock,
  findings: Findings,
  fast: FastChanges | undefined,
): Tree<Inode> {
  const { report } = findings;
  const base: Base = { device, superblock, seed: seedOf(superblock), report, fast };
  const readInode = inodeReader(base);
  const largeValue: LargeValue = function* (number, size) {
    const inode = yield* readInode(number);
    if ((inode.flags & FLAG.eaInode) === 0 || inode.stat.size < size)
      throw failure('XATTRS_DAMAGED', { inode: number, reason: 'inode of a value' });
    return yield* readAll(device, map, inode, size);
  };
  const xattrs = xattrReader(base, largeValue);
  const inlineData = inlineDataOf(xattrs);
  const map: ContentMap = contentMap(base, inlineData);

  const requireReadable = ({ flags, stat }: Inode): void => {
    if ((flags & FLAG.encrypted) !== 0)
      throw failure('ENTRY_ENCRYPTED', { inode: stat.inode, type: stat.type });
  };

  return {
    facts: superblock.facts,
    root: ROOT,
    node: readInode,
    fill: device.fill,
    entries: (inode, seen) =>
      entryReader({ ...base, findings, contentMap: map, inlineData }, inode, seen),
    target: (inode) =>
      targetOf(inode, superblock, (from, length) => readAll(device, map, from, length)),
    run: (inode, position) => map(inode, position, inode.stat.size),
    xattrs: (inode) => xattrsOf(xattrs, findings, inode),
    free: () => freeReader(base, findings),
    requireReadable,
  };
}
