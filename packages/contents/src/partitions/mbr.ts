import { diagnostic, type Diagnostic, bytes, SECTOR_SIZE } from '@ploop/descriptor';
import type { Reader, Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../bytes/fields.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import type { Partition, PartitionTable, PartitionTableResult } from './partition.ts';

const ENTRIES_AT = 446;
const ENTRY_BYTES = 16;
const SIGNATURE_AT = 510;
const EXTENDED = new Set([0x05, 0x0f, 0x85]);
const PROTECTIVE = 0xee;
const FIRST_LOGICAL = 5;
/** Linux knows no more partitions of a disk. */
const MOST_LINKS = 256;

/** One of the four entries of a boot record. */
interface Entry {
  readonly type: number;
  /** In sectors of 512 bytes, from a place that depends on the record. */
  readonly start: number;
  readonly sectors: number;
}

/** The first sector of a disk as a boot record. */
export interface BootRecord {
  /** Of the disk. */
  readonly id: number;
  /** All four, used or not. */
  readonly entries: readonly Entry[];
}

/** A boot record, or `undefined` if the sector is not one. */
export function parseBootRecord(sector: Uint8Array): BootRecord | undefined {
  if (sector.length < SECTOR_SIZE) return undefined;
  const view = viewOf(sector);
  if (view.getUint16(SIGNATURE_AT, true) !== 0xaa55) return undefined;
  const entries: Entry[] = [];
  for (let at = ENTRIES_AT; at < SIGNATURE_AT; at += ENTRY_BYTES) {
    // A boot sector of a file system has code here.
    if ((view.getUint8(at) & 0x7f) !== 0) return undefined;
    const [start, sectors] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
    entries.push({ type: view.getUint8(at + 4), start, sectors });
  }
  return { id: view.getUint32(440, true), entries };
}

/** Whether a boot record only keeps others off a disk that has a GPT. */
export function isProtective({ entries }: BootRecord): boolean {
  return entries.some(({ type }) => type === PROTECTIVE);
}

/** The partitions of a boot record and of the chain of records in its extended partition. */
export function* readMbr(read: Reader, record: BootRecord): Steps<PartitionTableResult> {
  const partitions: Partition[] = [];
  for (const [index, entry] of record.entries.entries())
    if (isUsed(entry)) partitions.push(toPartition(index + 1, 0, entry));
  const extended = record.entries.find((entry) => isUsed(entry) && EXTENDED.has(entry.type));
  const diagnostics =
    extended === undefined ? [] : yield* addLogical(read, extended.start, partitions);
  if (partitions.length === 0) return { diagnostics };
  const table: PartitionTable = {
    scheme: 'mbr',
    id: hex(record.id, 8),
    sectorSize: bytes(SECTOR_SIZE),
    partitions,
  };
  return { table, diagnostics };
}

/**
 * Adds the logical partitions to `partitions`, and gives what is wrong with their chain. Each record has one partition,
 * its place counted from the record, and the next record, counted from the first.
 */
function* addLogical(
  read: Reader,
  first: number,
  partitions: Partition[],
): Steps<readonly Diagnostic[]> {
  const seen = new Set<number>();
  let number = FIRST_LOGICAL;
  let at: number | undefined = first;
  while (at !== undefined) {
    const record = yield* linkAt(read, at, seen);
    if ('code' in record) return [record];
    const [own, next] = linksOf(record);
    if (own !== undefined) {
      partitions.push(toPartition(number, at, own));
      number += 1;
    }
    at = next && first + next.start;
  }
  return [];
}

function* linkAt(read: Reader, at: number, seen: Set<number>): Steps<BootRecord | Diagnostic> {
  const position = at * SECTOR_SIZE;
  const broken = (reason: 'cycle' | 'too long' | 'no boot record'): Diagnostic =>
    diagnostic('PARTITION_CHAIN_BROKEN', { position, reason });
  if (seen.has(at)) return broken('cycle');
  if (seen.size === MOST_LINKS) return broken('too long');
  seen.add(at);
  const record = parseBootRecord(yield* readBytes(read, position, SECTOR_SIZE));
  return record ?? broken('no boot record');
}

function linksOf({ entries }: BootRecord): readonly [Entry | undefined, Entry | undefined] {
  const used = entries.filter(isUsed);
  return [
    used.find(({ type }) => !EXTENDED.has(type)),
    used.find(({ type }) => EXTENDED.has(type)),
  ];
}

function isUsed({ type, sectors }: Entry): boolean {
  return type !== 0 && sectors !== 0;
}

function toPartition(number: number, base: number, { type, start, sectors }: Entry): Partition {
  return {
    number,
    start: bytes((base + start) * SECTOR_SIZE),
    length: bytes(sectors * SECTOR_SIZE),
    type: hex(type, 2),
  };
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
