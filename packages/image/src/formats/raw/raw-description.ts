import {
  bytes as toByteCount,
  sectors,
  SECTOR_SIZE,
  type Bytes,
  type Sectors,
} from '@ploop/descriptor';

/** A file that begins as no known format: the base of a raw disk, or something else. */
export interface RawDescription {
  readonly format: 'raw';
  /** A last sector that is not whole counts: the rest of it reads as zeros. The tool leaves it out. */
  readonly size: Sectors;
  /** Size of the file. */
  readonly fileBytes: Bytes;
  /** The zeros that it begins with, if they fill the place of a header. Not looked at in a bare disk. */
  readonly zeros?: LeadingZeros;
  /** What it is by its first bytes, as `a tar archive`, if they are known. Not looked at in a bare disk. */
  readonly content?: string;
}

/** Zeros at the beginning of a file. */
export interface LeadingZeros {
  /** How many there are, or how many were looked at. */
  readonly bytes: Bytes;
  /** What comes after them: something else, the end of the file, or bytes that were not looked at. */
  readonly then: 'data' | 'end' | 'unknown';
}

/** A file of that many bytes as a bare disk. */
export function rawDescription(fileBytes: number): RawDescription {
  return {
    format: 'raw',
    size: sectors(Math.ceil(fileBytes / SECTOR_SIZE)),
    fileBytes: toByteCount(fileBytes),
  };
}
