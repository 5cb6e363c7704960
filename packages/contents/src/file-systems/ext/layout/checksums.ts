import { CRC_START, updateCrc32c } from '../../../bytes/crc.ts';
import { viewOf } from '../../../bytes/fields.ts';
import type { Superblock } from './superblock.ts';

const ZEROS = new Uint8Array(4);

/** Pieces of a structure, in the order in which its checksum takes them. */
export type Piece = Uint8Array | number;

/** The CRC-32C of pieces; a number is four bytes, little-endian. */
export function checksum(seed: number, ...pieces: readonly Piece[]): number {
  return pieces.reduce<number>(
    (crc, piece) => (typeof piece === 'number' ? updateWord(crc, piece) : updateCrc32c(crc, piece)),
    seed,
  );
}

/** Pieces of bytes that have zeros in place of fields: those that hold the checksum itself. */
export function without(
  bytes: Uint8Array,
  ...fields: readonly (readonly [at: number, length: number])[]
): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const [at, length] of fields) {
    pieces.push(bytes.subarray(from, at), ZEROS.subarray(0, length));
    from = at + length;
  }
  return [...pieces, bytes.subarray(from)];
}

/** Where the checksums of all metadata begin; `undefined` if the file system has none. */
export function seedOf({ features, checksumSeed, uuid }: Superblock): number | undefined {
  if (!features.metadataChecksums) return undefined;
  return checksumSeed ?? updateCrc32c(CRC_START, uuid);
}

/** Where the checksums of blocks that belong to an inode begin. */
export function inodeSeed(seed: number, inode: number, generation: number): number {
  return updateWord(updateWord(seed, inode), generation);
}

/** CRC-16 of group descriptors without `metadata_csum`. */
export function crc16(...pieces: readonly Uint8Array[]): number {
  let crc = 0xffff;
  for (const piece of pieces)
    for (const byte of piece) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
    }
  return crc;
}

const WORD = new Uint8Array(4);
const WORD_VIEW = viewOf(WORD);

function updateWord(crc: number, number: number): number {
  WORD_VIEW.setUint32(0, number, true);
  return updateCrc32c(crc, WORD);
}

/** A number as four bytes, little-endian. */
export function wordOf(number: number): Uint8Array {
  const word = new Uint8Array(4);
  viewOf(word).setUint32(0, number, true);
  return word;
}
