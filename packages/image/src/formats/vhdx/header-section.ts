import { crc32c } from './crc32c.ts';
import { guidBytes } from './guid-bytes.ts';

/** A part of the file, in bytes. */
interface Region {
  readonly offset: number;
  readonly length: number;
}

const HEADER_BYTES = 4096;
const REGION_TABLE_BYTES = 2 ** 16;
const BAT = '2dc27766-f623-4200-9d64-115e9bfd4a08';
const METADATA = '8b7ca206-4790-4b9a-b8fe-575f050f886e';

/** The beginning of the file. It names no creator. */
export function encodeFileIdentifier(): Uint8Array {
  return new TextEncoder().encode('vhdxfile');
}

/** One of the two headers; the one with the higher number counts. */
export function encodeHeader(number: number, id: Uint8Array, log: Region): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('head'));
  view.setBigUint64(8, BigInt(number), true);
  // What changes with each writer, and with each write to the disk.
  bytes.set(id, 16);
  bytes.set(id, 32);
  view.setUint16(66, 1, true);
  view.setUint32(68, log.length, true);
  view.setBigUint64(72, BigInt(log.offset), true);
  view.setUint32(4, crc32c(bytes), true);
  return bytes;
}

/** Where the BAT and the metadata are. */
export function encodeRegionTable(regions: {
  readonly bat: Region;
  readonly metadata: Region;
}): Uint8Array {
  const bytes = new Uint8Array(REGION_TABLE_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('regi'));
  const entries = [
    [BAT, regions.bat],
    [METADATA, regions.metadata],
  ] as const;
  view.setUint32(8, entries.length, true);
  for (const [index, [guid, { offset, length }]] of entries.entries()) {
    const at = 16 + index * 32;
    bytes.set(guidBytes(guid), at);
    view.setBigUint64(at + 16, BigInt(offset), true);
    view.setUint32(at + 24, length, true);
    view.setUint32(at + 28, 1, true);
  }
  view.setUint32(4, crc32c(bytes), true);
  return bytes;
}
