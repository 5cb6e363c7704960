import type { Reader, Steps } from '@ploop/descriptor/internal';

import { blanked, crc32 } from '../bytes/crc.ts';
import { exactly, mixedUuidOf, viewOf } from '../bytes/fields.ts';
import { readBytes } from '../bytes/read-bytes.ts';

const SIGNATURE = 'EFI PART';
const HEADER_LEAST = 92;
const CRC_AT = 16;
const ENTRY_LEAST = 128;
/** 64 times what every partitioner writes. */
const MOST_ENTRY_BYTES = 1024 * 1024;

/** One of the two copies of a GPT, its checksums right. */
export interface GptCopy {
  readonly diskGuid: string;
  /** Where the other copy is, in bytes. */
  readonly otherAt: number;
  readonly entryBytes: number;
  /** All entries, used or not. */
  readonly entries: Uint8Array;
}

/** What of a copy is not as it must be. */
export type GptFlaw =
  'signature' | 'header size' | 'header checksum' | 'place' | 'entries' | 'entries checksum';

/** Whether a GPT header begins here, right or wrong. */
export function hasGptSignature(sector: Uint8Array): boolean {
  return String.fromCharCode(...sector.subarray(0, SIGNATURE.length)) === SIGNATURE;
}

/** The copy of a GPT whose header is in a sector, or what is wrong with it. */
export function* readGptCopy(
  read: Reader,
  lba: number,
  sectorSize: number,
): Steps<GptCopy | GptFlaw> {
  const sector = yield* readBytes(read, lba * sectorSize, sectorSize);
  if (sector.length < sectorSize || !hasGptSignature(sector)) return 'signature';
  const view = viewOf(sector);
  const size = view.getUint32(12, true);
  if (size < HEADER_LEAST || size > sectorSize) return 'header size';
  const header = blanked(sector.subarray(0, size), CRC_AT, CRC_AT + 4);
  if (crc32(header) !== view.getUint32(CRC_AT, true)) return 'header checksum';
  if (view.getBigUint64(24, true) !== BigInt(lba)) return 'place';

  const otherAt = exactly(view.getBigUint64(32, true) * BigInt(sectorSize));
  const entriesAt = exactly(view.getBigUint64(72, true) * BigInt(sectorSize));
  const [count, entryBytes] = [view.getUint32(80, true), view.getUint32(84, true)];
  const length = count * entryBytes;
  if (otherAt === undefined || entriesAt === undefined) return 'entries';
  if (entryBytes < ENTRY_LEAST || entryBytes % 8 !== 0 || length > MOST_ENTRY_BYTES)
    return 'entries';
  const entries = yield* readBytes(read, entriesAt, length);
  if (entries.length < length) return 'entries';
  if (crc32(entries) !== view.getUint32(88, true)) return 'entries checksum';
  return { diskGuid: mixedUuidOf(sector.subarray(56, 72)), otherAt, entryBytes, entries };
}
