import { SECTOR_SIZE } from '@ploop/descriptor';

/** What a header says, besides what all images that are written have in common. Bytes of the file, or of the disk. */
interface NewVmdkHeader {
  readonly version: 1 | 3;
  readonly flags: number;
  /** 1: grains are compressed. */
  readonly compression: 0 | 1;
  /** Virtual size. */
  readonly size: number;
  /** Where the grain directory is; `Infinity` if it follows the data. */
  readonly tables: number;
  /** Where its second copy is; 0: it has one copy. */
  readonly secondTables: number;
  /** Where the grains begin. */
  readonly overhead: number;
}

const MAGIC = 0x564d_444b;
/** Bytes of a grain. */
export const GRAIN_BYTES = 2 ** 16;
/** Grains of a grain table. */
export const TABLE_GRAINS = 512;
/** Sectors of the file that the descriptor may take. */
export const DESCRIPTOR_SECTORS = 20;
const AT_END = 2n ** 64n - 1n;

/** The sector of the header of a sparse extent that has its descriptor in it. */
export function encodeVmdkHeader(header: NewVmdkHeader): Uint8Array {
  const { version, flags, compression, size, tables, secondTables, overhead } = header;
  const bytes = new Uint8Array(SECTOR_SIZE);
  const view = new DataView(bytes.buffer);
  const sectors = (at: number): bigint => BigInt(at / SECTOR_SIZE);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, version, true);
  view.setUint32(8, flags, true);
  view.setBigUint64(12, sectors(size), true);
  view.setBigUint64(20, BigInt(GRAIN_BYTES / SECTOR_SIZE), true);
  view.setBigUint64(28, 1n, true);
  view.setBigUint64(36, BigInt(DESCRIPTOR_SECTORS), true);
  view.setUint32(44, TABLE_GRAINS, true);
  view.setBigUint64(48, sectors(secondTables), true);
  view.setBigUint64(56, Number.isFinite(tables) ? sectors(tables) : AT_END, true);
  view.setBigUint64(64, sectors(overhead), true);
  // Bytes that a transfer as text would change.
  bytes.set([0x0a, 0x20, 0x0d, 0x0a], 73);
  view.setUint16(77, compression, true);
  return bytes;
}
