import type { Content } from '@ploop/descriptor/internal';

import type { Superblocks } from '../superblocks.ts';
import { apfs, hfs, hfsplus } from './apple.ts';
import { iso9660, udf } from './discs.ts';
import type { Kind } from './kind.ts';
import { btrfs, f2fs, laidOut, nilfs2, squashfs, swap } from './linux.ts';
import { bitlocker, exfat, fat, ntfs } from './microsoft.ts';
import { bcache, ldm, lvm2, md } from './volumes.ts';
import { zfs } from './zfs.ts';

const kinds: readonly Kind[] = [
  ...[ntfs, exfat, bitlocker, fat],
  ...[btrfs, ...laidOut, f2fs, nilfs2, squashfs],
  ...[hfsplus, hfs, apfs, iso9660, udf],
  ...[lvm2, md, zfs, bcache, swap],
];
/** What is in front of the partitions of a disk. */
const diskKinds: readonly Kind[] = [ldm];

/** Everything that is recognised in a place: more than one where an old signature was left. */
export function contentsIn(blocks: Superblocks): readonly Content[] {
  return kinds.flatMap((kind) => kind(blocks) ?? []);
}

/** What is recognised on a disk as a whole, whether it has partitions or not. */
export function contentsOnDisk(blocks: Superblocks): readonly Content[] {
  return diskKinds.flatMap((kind) => kind(blocks) ?? []);
}
