import { diagnostic, type Diagnostic, bytes, type Bytes } from '@ploop/descriptor';
import type { Reader, Steps } from '@ploop/descriptor/internal';

import { exactly, fixedText, mixedUuidOf, viewOf } from '../bytes/fields.ts';
import { readBytes } from '../bytes/read-bytes.ts';
import { hasGptSignature, readGptCopy, type GptCopy, type GptFlaw } from './gpt-header.ts';
import type { Partition, PartitionTableResult } from './partition.ts';

const SECTOR_SIZES = [512, 4096];
const UNUSED = '00000000-0000-0000-0000-000000000000';

/**
 * The GPT of a disk: the first copy, or the second where the first is damaged. `expected` says that the boot record
 * announces one, so that its absence is a finding.
 */
export function* readGpt(
  read: Reader,
  size: Bytes,
  expected: boolean,
): Steps<PartitionTableResult> {
  for (const sectorSize of SECTOR_SIZES)
    if (hasGptSignature(yield* readBytes(read, sectorSize, sectorSize)))
      return yield* readCopies(read, size, sectorSize);
  if (!expected) return { diagnostics: [] };
  for (const sectorSize of SECTOR_SIZES) {
    const lba = lastSector(size, sectorSize);
    if (lba > 1 && hasGptSignature(yield* readBytes(read, lba * sectorSize, sectorSize)))
      return yield* readCopies(read, size, sectorSize);
  }
  return { diagnostics: [flawed('primary', 512, 'signature')] };
}

function* readCopies(read: Reader, size: Bytes, sectorSize: number): Steps<PartitionTableResult> {
  const first = yield* readGptCopy(read, 1, sectorSize);
  const last = lastSector(size, sectorSize);
  const other = typeof first === 'string' ? last : first.otherAt / sectorSize;
  const second = other > 1 ? yield* readGptCopy(read, other, sectorSize) : 'place';
  const diagnostics = [
    ...(typeof first === 'string' ? [flawed('primary', sectorSize, first)] : []),
    ...(typeof second === 'string' ? [flawed('backup', other * sectorSize, second, size)] : []),
  ];
  const copy = typeof first === 'string' ? second : first;
  if (typeof copy === 'string') return { diagnostics };
  const table = {
    scheme: 'gpt' as const,
    id: copy.diskGuid,
    sectorSize: bytes(sectorSize),
    partitions: partitionsOf(copy, sectorSize),
  };
  return { table, diagnostics };
}

function partitionsOf({ entries, entryBytes }: GptCopy, sectorSize: number): readonly Partition[] {
  const partitions: Partition[] = [];
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
    const entry = entries.subarray(at, at + entryBytes);
    const type = mixedUuidOf(entry.subarray(0, 16));
    if (type === UNUSED) continue;
    const view = viewOf(entry);
    const [first, last] = [view.getBigUint64(32, true), view.getBigUint64(40, true)];
    const name = fixedText(entry.subarray(56, 128), 'utf-16le');
    const start = exactly(first * BigInt(sectorSize)) ?? Number.MAX_SAFE_INTEGER;
    const length = last < first ? 0n : (last - first + 1n) * BigInt(sectorSize);
    partitions.push({
      number: at / entryBytes + 1,
      start: bytes(start),
      length: bytes(exactly(length) ?? Number.MAX_SAFE_INTEGER),
      type,
      uuid: mixedUuidOf(entry.subarray(16, 32)),
      ...(name === undefined ? {} : { name }),
    });
  }
  return partitions;
}

function lastSector(size: Bytes, sectorSize: number): number {
  return Math.floor(size / sectorSize) - 1;
}

function flawed(
  copy: 'primary' | 'backup',
  position: number,
  flaw: GptFlaw,
  size = Number.POSITIVE_INFINITY,
): Diagnostic {
  const behind = position >= size ? { size } : {};
  return diagnostic('PARTITION_TABLE_DAMAGED', { copy, position, flaw, ...behind });
}
