import { diagnostic, type Diagnostic, SECTOR_SIZE, type Bytes } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  readerOf,
  type ReadAt,
  type Reader,
  runAsync,
  type Steps,
} from '@ploop/descriptor/internal';

import { CONTENTS } from '../arguments.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import { readGpt } from './gpt.ts';
import { isProtective, parseBootRecord, readMbr } from './mbr.ts';
import type { PartitionTableResult } from './partition.ts';

/**
 * The partition table of a disk, GPT or MBR, logical partitions included. Of a GPT both copies are checked, and the
 * second is used where the first is damaged. Reads a few sectors and at most 1 MiB of entries at a time.
 *
 * @param size - Of the disk, in bytes.
 * @throws What `readAt` throws; nothing else.
 */
export async function readPartitions(readAt: ReadAt, size: Bytes): Promise<PartitionTableResult> {
  requireCall(CONTENTS.readPartitions, [readAt, size]);
  return runAsync(partitionsOn(readerOf({ readAt }), size));
}

/** {@link readPartitions} as steps. */
export function* partitionsOn(read: Reader, size: Bytes): Steps<PartitionTableResult> {
  const record = parseBootRecord(yield* readBytes(read, 0, SECTOR_SIZE));
  const isGpt = record === undefined || isProtective(record);
  const result = isGpt
    ? yield* readGpt(read, size, record !== undefined)
    : yield* readMbr(read, record);
  return { ...result, diagnostics: [...result.diagnostics, ...outside(result, size)] };
}

function outside({ table }: PartitionTableResult, size: Bytes): readonly Diagnostic[] {
  return (table?.partitions ?? [])
    .filter(({ start, length }) => length === 0 || start + length > size)
    .map(({ number, start, length }) =>
      diagnostic('PARTITION_OUTSIDE', { partition: number, start, length, size }),
    );
}
