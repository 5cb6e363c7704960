import { guidBytes } from './guid-bytes.ts';

const TABLE_BYTES = 2 ** 16;
const SECTOR = 512;
const IS_VIRTUAL_DISK = 2;
const IS_REQUIRED = 4;

/** What the metadata say of a disk. */
interface VhdxMetadata {
  /** Virtual size in bytes. */
  readonly size: number;
  readonly blockBytes: number;
  readonly id: Uint8Array;
}

/** The metadata region: a table of its items, and the items. */
export function encodeMetadata({ size, blockBytes, id }: VhdxMetadata): Uint8Array {
  const ofDisk = IS_VIRTUAL_DISK | IS_REQUIRED;
  const items = [
    // Block size; no bit set: it is dynamic and has no parent.
    ['caa16737-fa36-4d43-b3b6-33f0aa44e76b', IS_REQUIRED, words(blockBytes, 0)],
    [
      '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
      ofDisk,
      words(size % 2 ** 32, Math.floor(size / 2 ** 32)),
    ],
    ['beca12ab-b2e6-4523-93ef-c309e000c746', ofDisk, id],
    ['8141bf1d-a96f-4709-ba47-f233a8faab5f', ofDisk, words(SECTOR)],
    ['cda348c7-445d-4471-9cc9-e9885251c556', ofDisk, words(SECTOR)],
  ] as const;
  const bytes = new Uint8Array(
    TABLE_BYTES + items.reduce((sum, [, , { length }]) => sum + length, 0),
  );
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('metadata'));
  view.setUint16(10, items.length, true);
  let offset = TABLE_BYTES;
  for (const [index, [guid, flags, value]] of items.entries()) {
    const at = 32 + index * 32;
    bytes.set(guidBytes(guid), at);
    view.setUint32(at + 16, offset, true);
    view.setUint32(at + 20, value.length, true);
    view.setUint32(at + 24, flags, true);
    bytes.set(value, offset);
    offset += value.length;
  }
  return bytes;
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true);
  return bytes;
}
