import type { Diagnostic, Bytes } from '@ploop/descriptor';

/** One partition. */
export interface Partition {
  /** As Linux counts: the slot from 1 on; logical partitions of an MBR from 5 on. */
  readonly number: number;
  /** Where it begins on the disk. */
  readonly start: Bytes;
  readonly length: Bytes;
  /** GPT: the GUID of the type, lower case. MBR: `0x83` and the like. */
  readonly type: string;
  /** GPT: the GUID of the partition, lower case. */
  readonly uuid?: string;
  /** GPT: its name. */
  readonly name?: string;
}

/** A partition table. */
export interface PartitionTable {
  readonly scheme: 'gpt' | 'mbr';
  /** GPT: the GUID of the disk, lower case. MBR: its signature, `0x1a2b3c4d`. */
  readonly id: string;
  /** Of the units that the table counts in: 512, or 4096 on disks made for such sectors. */
  readonly sectorSize: Bytes;
  /** In the order of their numbers. */
  readonly partitions: readonly Partition[];
}

/** A partition table, where there is one, and what is wrong with it. */
export interface PartitionTableResult {
  readonly table?: PartitionTable;
  readonly diagnostics: readonly Diagnostic[];
}
