import type { Bytes } from '../units.ts';

/** Kinds of content that are recognised by their signature, and how sentences name them. */
export const CONTENT_NAMES = {
  ext2: 'ext2',
  ext3: 'ext3',
  ext4: 'ext4',
  xfs: 'XFS',
  luks: 'LUKS',
  ntfs: 'NTFS',
  fat12: 'FAT12',
  fat16: 'FAT16',
  fat32: 'FAT32',
  exfat: 'exFAT',
  bitlocker: 'BitLocker',
  btrfs: 'Btrfs',
  swap: 'swap space',
  lvm2: 'an LVM2 physical volume',
  md: 'a member of a Linux RAID',
  zfs: 'a device of a ZFS pool',
  ldm: 'a dynamic disk of Windows (LDM)',
  bcache: 'a device of bcache',
  reiserfs: 'ReiserFS',
  jfs: 'JFS',
  f2fs: 'F2FS',
  nilfs2: 'NILFS2',
  squashfs: 'SquashFS',
  hfs: 'HFS',
  hfsplus: 'HFS+',
  apfs: 'an APFS container',
  iso9660: 'ISO 9660',
  udf: 'UDF',
} as const;

/** A kind of content. */
export type ContentType = keyof typeof CONTENT_NAMES;

/** What a superblock that is only recognised says. */
export interface Content {
  readonly type: ContentType;
  readonly label?: string | undefined;
  /** As the usual tools of that kind write it. */
  readonly uuid?: string | undefined;
  /** What it takes of its place, if its superblock states that. */
  readonly size?: Bytes | undefined;
}
