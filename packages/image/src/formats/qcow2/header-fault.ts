import { diagnostic, type Diagnostic, type DiagnosticData } from '@ploop/descriptor';

import { LEAST_HEADER, type Qcow2Header } from './qcow2-header.ts';
import { unsupported } from './unsupported.ts';

type Field = DiagnosticData['HEADER_INVALID']['field'];

/** Cluster sizes that QEMU takes: 512 bytes to 2 MiB. */
const CLUSTER_BITS = { least: 9, most: 21, extended: 14 };
/** The limits of QEMU, which keep what a table takes in bounds: 32 MiB, 8 MiB. */
const MOST_L1_BYTES = 2 ** 25;
const MOST_REFCOUNT_TABLE_BYTES = 2 ** 23;
const MOST_SNAPSHOTS = 65_536;
const MOST_NAME_BYTES = 1023;
const EXTENDED_L2 = 16n;
const OTHER_COMPRESSION = 8n;

/** Entries of the L1 table that a disk of `size` bytes needs. */
export function l1EntriesFor(size: number, clusterBits: number, extendedL2: boolean): number {
  const entryBits = extendedL2 ? 4 : 3;
  return Math.ceil(size / 2 ** (2 * clusterBits - entryBits));
}

/** The first field of a header that cannot be right, with its value; `undefined` if the image can be opened. */
export function headerFault(
  header: Qcow2Header,
  file: string,
  fileBytes: number,
): Diagnostic | undefined {
  const { version } = header;
  if (version !== 2 && version !== 3) return unsupported(file, `version ${String(version)}`);
  const invalid = fieldFault(header, fileBytes);
  if (invalid === undefined) return undefined;
  const [field, value] = invalid;
  return diagnostic('HEADER_INVALID', { file, field, value: String(value), format: 'qcow2' });
}

function fieldFault(
  header: Qcow2Header,
  fileBytes: number,
): readonly [Field, number | bigint] | undefined {
  const { version, clusterBits, size, l1Entries, headerBytes, backingOffset } = header;
  const extendedL2 = (header.incompatible & EXTENDED_L2) !== 0n;
  const least = extendedL2 ? CLUSTER_BITS.extended : CLUSTER_BITS.least;
  if (clusterBits < least || clusterBits > CLUSTER_BITS.most)
    return ['cluster size', 2 ** clusterBits];
  const clusterBytes = 2 ** clusterBits;
  const isLong = headerBytes < (version === 3 ? 104 : LEAST_HEADER) || headerBytes > clusterBytes;
  if (isLong || headerBytes > fileBytes) return ['header length', headerBytes];
  // The bit and the method go together.
  const isOther = (header.incompatible & OTHER_COMPRESSION) !== 0n;
  if (isOther !== (header.compressionType !== 0))
    return ['compression type', header.compressionType];
  if (header.refcountOrder > 6) return ['refcount width', header.refcountOrder];
  if (size > Number.MAX_SAFE_INTEGER) return ['size', size];
  const within = (offset: bigint, length: number): boolean =>
    offset % BigInt(clusterBytes) === 0n && offset + BigInt(length) <= fileBytes;
  const isShort = l1Entries < l1EntriesFor(Number(size), clusterBits, extendedL2);
  if (isShort || l1Entries * 8 > MOST_L1_BYTES) return ['L1 table size', l1Entries];
  if (l1Entries > 0 && !within(header.l1Offset, l1Entries * 8))
    return ['L1 table offset', header.l1Offset];
  const tableBytes = header.refcountTableClusters * clusterBytes;
  if (tableBytes > MOST_REFCOUNT_TABLE_BYTES || tableBytes === 0)
    return ['refcount table size', header.refcountTableClusters];
  if (!within(header.refcountTableOffset, tableBytes))
    return ['refcount table offset', header.refcountTableOffset];
  if (header.snapshots > MOST_SNAPSHOTS) return ['number of snapshots', header.snapshots];
  if (header.snapshots > 0 && !within(header.snapshotsOffset, 40 * header.snapshots))
    return ['snapshot table offset', header.snapshotsOffset];
  if (backingOffset === 0n) return undefined;
  const { backingBytes } = header;
  const isName = backingBytes > 0 && backingBytes <= MOST_NAME_BYTES;
  const isThere = backingOffset + BigInt(backingBytes) <= Math.min(clusterBytes, fileBytes);
  return isName && isThere ? undefined : ['backing file name', backingOffset];
}
