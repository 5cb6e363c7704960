import { CRC_START, updateCrc32c } from '../../../bytes/crc.ts';
import { viewOf, wideAt } from '../../../bytes/fields.ts';
import type { Base } from '../base.ts';

const ZEROS = new Uint8Array(4);
/** Positions of blocks are counted in these. */
const SECTOR = 512;

/** Where a structure of version 5 says what it is. */
export interface IdentityFields {
  readonly checksum: number;
  /** Bytes of a block that holds only this. */
  readonly place?: number;
  readonly uuid: number;
  readonly owner: number;
}

/** What a structure is read as. */
export interface BlockUse {
  /** As findings name it. */
  readonly structure: string;
  /** In bytes from the beginning of the file system. */
  readonly position: number;
  readonly inode: number;
}

/** Whether the CRC-32C of bytes is the one that they hold, little-endian, at `at`. */
export function isIntact(bytes: Uint8Array, at: number): boolean {
  const before = updateCrc32c(updateCrc32c(CRC_START, bytes, 0, at), ZEROS);
  const crc = ~updateCrc32c(before, bytes, at + 4) >>> 0;
  return crc === viewOf(bytes).getUint32(at, true);
}

/**
 * Reports a wrong checksum, and returns what a sound structure belongs to instead of what it is used for: another place,
 * inode or file system.
 */
export function foreignField(
  { superblock, report }: Base,
  bytes: Uint8Array,
  fields: IdentityFields,
  use: BlockUse,
): string | undefined {
  if (!superblock.features.checksums) return undefined;
  if (!isIntact(bytes, fields.checksum)) {
    report('METADATA_CHECKSUM', use);
    return undefined;
  }
  const view = viewOf(bytes);
  const { uuid } = superblock;
  if (uuid?.some((byte, index) => bytes[fields.uuid + index] !== byte)) return 'UUID';
  if (wideAt(view, fields.owner) !== use.inode) return 'owner';
  if (fields.place === undefined) return undefined;
  return wideAt(view, fields.place) * SECTOR === use.position ? undefined : 'place';
}
