import { CONTENT_NAMES, type ContentType } from '../content.ts';
import { agreed, counted, type Entries, noted, quoted } from '../entry.ts';

interface FoundData {
  readonly type: ContentType;
  /** Number of the partition; absent where the disk has none. */
  readonly partition?: number;
  /** In bytes from the beginning of the disk. */
  readonly start: number;
  readonly size?: number;
  readonly label?: string;
  readonly uuid?: string;
}

/** What findings about what is on a disk are about. */
export interface IdentifyData {
  PARTITION_TABLE_DAMAGED: {
    readonly copy: 'primary' | 'backup';
    /** In bytes from the beginning of the disk. */
    readonly position: number;
    readonly flaw: string;
    /** Size of the disk in bytes, if the copy belongs beyond its end. */
    readonly size?: number;
  };
  PARTITION_CHAIN_BROKEN: {
    readonly position: number;
    readonly reason: 'cycle' | 'too long' | 'no boot record';
  };
  PARTITION_OUTSIDE: {
    readonly partition: number;
    readonly start: number;
    readonly length: number;
    readonly size: number;
  };
  PARTITION_TRUNCATED: {
    readonly partition: number;
    readonly start: number;
    readonly length: number;
    /** Of the disk. */
    readonly size: number;
    readonly lost: number;
    /** What it holds, if that is recognised. */
    readonly type?: ContentType;
  };
  SUPERBLOCK_DAMAGED: {
    readonly family: 'ext' | 'xfs';
    readonly position: number;
    readonly field: string;
  };
  PARTITION_TABLE_LOST: {
    /** Where a copy of the table is, in bytes, and how many partitions it has. */
    readonly copy?: number;
    readonly partitions?: number;
    /** What begins where a first partition usually does, and where that is, in bytes. */
    readonly type?: ContentType;
    readonly start?: number;
  };
  SUPERBLOCK_LOST: {
    readonly family: 'ext' | 'xfs';
    /** Where the file system begins, in bytes. */
    readonly start: number;
    /** Of the copy, in bytes from the beginning of the disk. */
    readonly position: number;
    /** Of the copy, in blocks of the file system. */
    readonly block: number;
    readonly blockSize: number;
  };
  CONTENT_FOUND: FoundData;
  FILE_SYSTEM_TRUNCATED: {
    readonly type: ContentType;
    readonly start: number;
    readonly size: number;
    readonly length: number;
  };
  FILE_SYSTEM_UNCLEAN: { readonly type: string; readonly start: number };
  LUKS_FOUND: {
    readonly start: number;
    readonly version: number;
    readonly uuid: string | undefined;
  };
}

/** The codes of findings about what is on a disk. */
export const identifyCodes: Entries<IdentifyData> = {
  PARTITION_TABLE_DAMAGED: noted(
    'warning',
    ({ copy, position, flaw, size }) =>
      size === undefined
        ? `the ${copy} copy of the partition table, at byte ${String(position)}, has a wrong ${flaw}`
        : `the ${copy} copy of the partition table belongs at byte ${String(position)}, and the disk ends at byte ${String(size)}`,
    ({ size }) =>
      size === undefined
        ? 'The other copy is used where it is sound. On a copy of the disk, `sgdisk --verify DISK` says more and `sgdisk -e DISK` writes both copies anew from the sound one.'
        : 'The disk was cut off or shrunk, its copy is not complete, or the snapshot is from before it grew: compare its size with where it came from. Do not write the table anew before that is clear; `sgdisk -e` refuses it if a partition reaches beyond the end.',
  ),
  PARTITION_CHAIN_BROKEN: noted(
    'warning',
    ({ position, reason }) =>
      `the chain of logical partitions breaks at byte ${String(position)}: ${reason}`,
    'Partitions after this place are not listed. Look at a copy of the disk with a partitioner.',
  ),
  PARTITION_OUTSIDE: noted(
    'warning',
    ({ partition, start, length, size }) =>
      `partition ${String(partition)}, ${counted(length, 'byte')} from byte ${String(start)} on, is not within the ${counted(size, 'byte')} of the disk`,
    'The disk was cut off or shrunk, its copy is not complete, the snapshot is from before it grew, or the table is damaged: compare the size of the disk with where it came from. Do not mount it to write.',
  ),
  PARTITION_TRUNCATED: noted(
    'error',
    ({ partition, start, length, size, lost, type }) =>
      lost === length
        ? `partition ${String(partition)}, ${counted(length, 'byte')} from byte ${String(start)} on, is beyond the end of the disk at byte ${String(size)}: all of it is missing`
        : `partition ${String(partition)} holds ${type === undefined ? 'data' : CONTENT_NAMES[type]} and ends at byte ${String(start + length)}, and the disk ends at byte ${String(size)}: its last ${counted(lost, 'byte')} ${agreed(lost, 'is', 'are')} missing`,
    'The disk was cut off or shrunk, its copy is not complete, or the size in the header of an image is wrong: compare the size with where the disk came from, and copy it again. Write nothing to it and to its partition table before that is clear.',
  ),
  SUPERBLOCK_DAMAGED: noted(
    'warning',
    ({ family, position, field }) =>
      `the ${family} superblock at byte ${String(position)} has a wrong ${field}`,
    'On a copy of the disk, run `e2fsck -fy` or `xfs_repair`: both find another superblock by themselves.',
  ),
  PARTITION_TABLE_LOST: noted(
    'warning',
    ({ copy, partitions = 0, type, start = 0 }) =>
      `the disk begins without a partition table, and ${
        copy === undefined
          ? `${type === undefined ? 'something' : CONTENT_NAMES[type]} begins at byte ${String(start)}, as in a partition`
          : `a copy of one with ${counted(partitions, 'partition')} is at byte ${String(copy)}`
      }: the table was overwritten, or removed on purpose`,
    ({ copy, start = 0 }) =>
      copy === undefined
        ? `Write nothing to the disk. To read it, export it and open the copy at that place: \`mount -o ro,loop,offset=${String(start)} disk.raw /mnt\`.`
        : 'Write nothing to the disk. On a copy of it, `gdisk DISK` offers to use the copy of the table (1) and writes it anew (w); see that the partitions hold what is expected before the disk is changed.',
  ),
  SUPERBLOCK_LOST: noted(
    'warning',
    ({ family, start, position, block }) =>
      `nothing is recognised at byte ${String(start)}, and a sound copy of ${family === 'xfs' ? 'an XFS' : 'an ext'} superblock is at byte ${String(position)} (block ${String(block)}): the first superblock was overwritten, or removed on purpose`,
    ({ family, block, blockSize }) =>
      `Write nothing to the disk. On a copy of the file system, ${
        family === 'xfs'
          ? '`xfs_repair FILE_SYSTEM` finds the copy by itself'
          : `\`e2fsck -fy -b ${String(block)} -B ${String(blockSize)} FILE_SYSTEM\` starts from that copy`
      }.`,
  ),
  CONTENT_FOUND: noted(
    'info',
    ({ type, partition, start, size, label, uuid }) => {
      const place = partition === undefined ? 'the disk' : `partition ${String(partition)}`;
      const facts = [
        ...(size === undefined ? [] : [counted(size, 'byte')]),
        ...(label === undefined ? [] : [`label ${quoted(label)}`]),
        ...(uuid === undefined ? [] : [`UUID ${quoted(uuid)}`]),
      ];
      const stated = facts.length === 0 ? '' : `: ${facts.join(', ')}`;
      return `${place} holds ${CONTENT_NAMES[type]} from byte ${String(start)} on${stated}`;
    },
    'To read it, export the snapshot and open the copy with the system that it belongs to.',
  ),
  FILE_SYSTEM_TRUNCATED: noted(
    'error',
    ({ type, start, size, length }) =>
      `${CONTENT_NAMES[type]} at byte ${String(start)} takes ${counted(size, 'byte')} by its superblock, and there are ${String(length)}: its end is missing`,
    ({ start, size }) =>
      `The image, the disk or the partition was cut off or shrunk, or its copy is not complete: compare it with where it came from. Do not repair the file system. To read what is left, export the disk, extend the copy with zeros where it is shorter (\`truncate -s '>${String(start + size)}' COPY\`), and mount that read-only.`,
  ),
  FILE_SYSTEM_UNCLEAN: noted(
    'info',
    ({ type, start }) => `the ${type} at byte ${String(start)} was not unmounted`,
    'As in every snapshot of a running disk. What it says is free may be some seconds old; a mount replays the journal.',
  ),
  LUKS_FOUND: noted(
    'info',
    ({ start, version }) =>
      `LUKS version ${String(version)} encrypts what begins at byte ${String(start)}`,
    'Open a copy with `cryptsetup luksOpen` and the passphrase of the guest or the key of the disk.',
  ),
};
