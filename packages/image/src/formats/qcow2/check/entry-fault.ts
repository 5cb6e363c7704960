import type { Diagnostic } from '@ploop/descriptor';

import { offsetIn } from '../bytes.ts';
import { compressedPlace, isCompressed, type Entry } from '../qcow2-layout.ts';
import { entryInvalid, placeFault } from '../table-fault.ts';
import type { EntryWords } from './references.ts';
import type { Tables } from './tables.ts';

/** The image that an entry belongs to. */
interface Image {
  readonly file: string;
  readonly fileBytes: number;
  readonly version: number;
  readonly tables: Tables;
}

const RESERVED_HIGH = 0x3f00_0000;
/** Bits 1 to 8; bit 0 means zeros, unless clusters have parts. */
const RESERVED_LOW = 0x1fe;

/** What is wrong with an L2 entry by itself; `undefined` if it is sound. */
export function entryFault(
  { file, fileBytes, version, tables }: Image,
  entry: Entry,
  { zeros, allocated }: EntryWords,
  cluster: number,
): Diagnostic | undefined {
  const { clusterBytes, l2EntryBytes, hasDataFile } = tables;
  const invalid = (reason: string): Diagnostic => entryInvalid(file, cluster, reason);
  if (isCompressed(entry)) {
    if (hasDataFile)
      return invalid('it is compressed, which clusters of an external data file cannot be');
    const { offset } = compressedPlace(entry, clusterBytes);
    return offset < fileBytes
      ? undefined
      : invalid(`its compressed bytes are at byte ${String(offset)}, beyond the end of the file`);
  }
  const isExtended = l2EntryBytes === 16;
  const reserved = isExtended ? RESERVED_LOW | 1 : RESERVED_LOW;
  if ((entry.high & RESERVED_HIGH) !== 0 || (entry.low & reserved) !== 0)
    return invalid('it has reserved bits');
  if (version < 3 && (entry.low & 1) !== 0)
    return invalid('it is marked as zeros, which version 2 does not know');
  const offset = offsetIn(entry.high, entry.low);
  if ((zeros & allocated) !== 0) return invalid('a part of it is both allocated and zeros');
  if (isExtended && allocated !== 0 && offset === 0 && !hasDataFile)
    return invalid('a part of it is allocated without a place');
  if (offset === 0 || hasDataFile) return undefined;
  return placeFault(file, cluster, offset, { clusterBytes, fileBytes });
}
