import { type Entries, noted } from '../entry.ts';

/** What findings about what is on a disk are about. */
export interface PeekData {
  PARTITION_TABLE_DAMAGED: {
    readonly copy: 'primary' | 'backup';
    /** In bytes from the beginning of the disk. */
    readonly position: number;
    readonly flaw: string;
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
  SUPERBLOCK_DAMAGED: {
    readonly family: 'ext' | 'xfs';
    readonly position: number;
    readonly field: string;
  };
  FILE_SYSTEM_TRUNCATED: {
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
export const peekCodes: Entries<PeekData> = {
  PARTITION_TABLE_DAMAGED: noted(
    'warning',
    ({ copy, position, flaw }) =>
      `the ${copy} copy of the partition table, at byte ${String(position)}, has a wrong ${flaw}`,
    'The other copy is used where it is sound. On a copy of the disk, `sgdisk --verify` tells more and `sgdisk --move-second-header` mends what growing the disk leaves.',
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
      `partition ${String(partition)}, ${String(length)} bytes from byte ${String(start)} on, is not within the ${String(size)} bytes of the disk`,
    'The snapshot may be older and smaller than the table, or the table is damaged. Do not mount it to write.',
  ),
  SUPERBLOCK_DAMAGED: noted(
    'warning',
    ({ family, position, field }) =>
      `the ${family} superblock at byte ${String(position)} has a wrong ${field}`,
    'On a copy of the disk, let the checker of the file system use another superblock.',
  ),
  FILE_SYSTEM_TRUNCATED: noted(
    'warning',
    ({ start, size, length }) =>
      `the file system at byte ${String(start)} says it has ${String(size)} bytes, and there are ${String(length)}`,
    'Do not mount it to write. The snapshot or the partition is smaller than when the file system was made.',
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
