import type { Steps, ContentType } from '@ploop/descriptor/internal';

import { fixedText } from '../bytes/fields.ts';

/** Reads bytes of a place; `undefined` if they are not all there. */
export type PlaceReader = (offset: number, length: number) => Steps<Uint8Array | undefined>;

/** Labels that are not in a superblock. */
const readers: Partial<Record<ContentType, (read: PlaceReader) => Steps<string | undefined>>> = {
  ntfs: ntfsLabel,
  exfat: exfatLabel,
};

/** The label of content that is recognised, if its superblock has none, as steps. */
export function* labelIn(type: ContentType, read: PlaceReader): Steps<string | undefined> {
  const reader = readers[type];
  return reader && (yield* reader(read));
}

const VOLUME_RECORD = 3;
const VOLUME_NAME = 0x60;
const MOST_ATTRIBUTES = 64;
const LARGEST_RECORD = 16_384;

/** That of NTFS: an attribute of the fourth record of its master file table. */
function* ntfsLabel(read: PlaceReader): Steps<string | undefined> {
  const boot = viewOf(yield* read(0, 512));
  if (boot === undefined) return undefined;
  const [sectorBytes, factor] = [boot.getUint16(11, true), boot.getUint8(13)];
  // From 129 on it is the negative of a power of two.
  const clusterBytes = sectorBytes * (factor > 128 ? 2 ** (256 - factor) : factor);
  const recordCode = boot.getInt8(64);
  const recordBytes = recordCode < 0 ? 2 ** -recordCode : recordCode * clusterBytes;
  if (recordBytes < 512 || recordBytes > LARGEST_RECORD || recordBytes % 512 !== 0)
    return undefined;
  const table = Number(boot.getBigUint64(48, true)) * clusterBytes;
  const record = restored(yield* read(table + VOLUME_RECORD * recordBytes, recordBytes));
  return record && attributeText(record);
}

/** A record with the bytes at the ends of its sectors that are kept in front of it. */
function restored(record: Uint8Array | undefined): DataView | undefined {
  const view = viewOf(record);
  if (view?.getUint32(0) !== 0x4649_4c45) return undefined;
  const [at, count] = [view.getUint16(4, true), view.getUint16(6, true)];
  for (let sector = 1; sector < count; sector += 1) {
    const [kept, end] = [at + 2 * sector, sector * 512 - 2];
    if (kept + 2 > view.byteLength || end + 2 > view.byteLength) return undefined;
    view.setUint16(end, view.getUint16(kept));
  }
  return view;
}

function attributeText(record: DataView): string | undefined {
  let at = record.getUint16(20, true);
  for (let count = 0; count < MOST_ATTRIBUTES && at + 24 <= record.byteLength; count += 1) {
    const length = record.getUint32(at + 4, true);
    if (record.getUint32(at, true) === VOLUME_NAME) {
      const bytes = record.getUint32(at + 16, true);
      const start = at + record.getUint16(at + 20, true);
      return start + bytes > record.byteLength ? undefined : textAt(record, start, bytes);
    }
    if (length === 0) return undefined;
    at += length;
  }
  return undefined;
}

const LABEL_ENTRY = 0x83;
const ENTRY_BYTES = 32;
const MOST_LETTERS = 11;
/** The label is one of the first entries of a root as it is made. */
const MOST_ROOT = 4096;

/** That of exFAT: an entry of its root directory. */
function* exfatLabel(read: PlaceReader): Steps<string | undefined> {
  const boot = viewOf(yield* read(0, 512));
  if (boot === undefined) return undefined;
  const [sectorShift, clusterShift] = [boot.getUint8(108), boot.getUint8(109)];
  const [heap, first] = [boot.getUint32(88, true), boot.getUint32(96, true)];
  if (sectorShift > 12 || clusterShift > 25 || first < 2) return undefined;
  const clusterBytes = 2 ** (sectorShift + clusterShift);
  const root = heap * 2 ** sectorShift + (first - 2) * clusterBytes;
  const entries = viewOf(yield* read(root, Math.min(clusterBytes, MOST_ROOT)));
  if (entries === undefined) return undefined;
  for (let at = 0; at + ENTRY_BYTES <= entries.byteLength; at += ENTRY_BYTES) {
    const type = entries.getUint8(at);
    if (type === 0) return undefined;
    const letters = entries.getUint8(at + 1);
    if (type === LABEL_ENTRY)
      return letters > MOST_LETTERS ? undefined : textAt(entries, at + 2, letters * 2);
  }
  return undefined;
}

function viewOf(bytes: Uint8Array | undefined): DataView | undefined {
  return bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt({ buffer, byteOffset }: DataView, at: number, length: number): string | undefined {
  return fixedText(new Uint8Array(buffer, byteOffset + at, length), 'utf-16le');
}
