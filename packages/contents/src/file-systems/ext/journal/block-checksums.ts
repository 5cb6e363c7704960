import { viewOf } from '../../../bytes/fields.ts';
import { checksum, without, type Piece } from '../layout/checksums.ts';
import type { JournalSuperblock } from './superblock.ts';
import type { Tag } from './tags.ts';

const COMMIT_CHECKSUM = { at: 16, type: 12, size: 13, typeCrc32: 1, sizeCrc32: 4 };

/** Whether a descriptor or revocation block is as it was written: its checksum is at its end. */
export function isListIntact(bytes: Uint8Array, { checksums, seed }: JournalSuperblock): boolean {
  if (checksums < 2) return true;
  const at = bytes.length - 4;
  return checksum(seed, ...without(bytes, [at, 4])) === viewOf(bytes).getUint32(at);
}

/** Whether a commit block is as it was written. */
export function isCommitIntact(bytes: Uint8Array, { checksums, seed }: JournalSuperblock): boolean {
  if (checksums < 2) return true;
  const { at } = COMMIT_CHECKSUM;
  return checksum(seed, ...without(bytes, [at, 4])) === viewOf(bytes).getUint32(at);
}

/** Whether a data block is the one that its tag was made for. */
export function isDataIntact(
  bytes: Uint8Array,
  tag: Tag,
  sequence: number,
  { checksums, seed }: JournalSuperblock,
): boolean {
  if (checksums < 2) return true;
  const found = checksum(seed, bigEndian(sequence), bytes);
  return tag.checksum === (checksums === 3 ? found : found & 0xffff);
}

/** The checksum of all blocks of a transaction in a commit block of version 1; `undefined` if it has none. */
export function transactionChecksum(commit: Uint8Array): number | undefined {
  const { at, type, size, typeCrc32, sizeCrc32 } = COMMIT_CHECKSUM;
  if (commit[type] !== typeCrc32 || commit[size] !== sizeCrc32) return undefined;
  return viewOf(commit).getUint32(at);
}

/** CRC-32 of transactions, whose bits are taken from the highest on. */
export function updateTransactionCrc(crc: number, bytes: Uint8Array): number {
  let register = crc;
  for (const byte of bytes)
    register = ((register << 8) ^ (CRC[(register >>> 24) ^ byte] ?? 0)) >>> 0;
  return register;
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

function bigEndian(number: number): Piece {
  const word = new Uint8Array(4);
  viewOf(word).setUint32(0, number);
  return word;
}
