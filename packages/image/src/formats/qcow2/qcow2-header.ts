import { bytes as toByteCount } from '@ploop/descriptor';

import { viewOf } from './bytes.ts';
import type { Qcow2Description } from './qcow2-description.ts';

/** The fields of a header as they are. */
export interface Qcow2Header {
  readonly version: number;
  readonly backingOffset: bigint;
  readonly backingBytes: number;
  readonly clusterBits: number;
  readonly size: bigint;
  readonly cryptMethod: number;
  readonly l1Entries: number;
  readonly l1Offset: bigint;
  readonly refcountTableOffset: bigint;
  readonly refcountTableClusters: number;
  readonly snapshots: number;
  readonly snapshotsOffset: bigint;
  readonly incompatible: bigint;
  readonly compatible: bigint;
  readonly autoclear: bigint;
  readonly refcountOrder: number;
  readonly headerBytes: number;
  readonly compressionType: number;
}

/** The first four bytes. */
export const MAGIC = 0x51_46_49_fb;
/** Bytes of a header of version 2. */
export const LEAST_HEADER = 72;
/** Bytes of a header of version 3 at least. */
export const LEAST_HEADER_3 = 104;

/** Bits of the incompatible features. */
export const FEATURES = {
  dirty: 1n,
  corrupt: 2n,
  dataFile: 4n,
  compression: 8n,
  extendedL2: 16n,
} as const;

/** Whether a file that begins with these bytes is a qcow2 image. */
export function isQcow2(bytes: Uint8Array): boolean {
  return bytes.length >= LEAST_HEADER && viewOf(bytes).getUint32(0) === MAGIC;
}

/** The header of a qcow2 image; fields that it does not have are 0. */
export function parseQcow2Header(start: Uint8Array): Qcow2Header {
  const bytes = new Uint8Array(Math.max(start.length, 112));
  bytes.set(start);
  const view = viewOf(bytes);
  const version = view.getUint32(4);
  const is3 = version >= 3;
  const headerBytes = is3 ? view.getUint32(100) : LEAST_HEADER;
  const long = (offset: number): bigint => view.getBigUint64(offset);
  return {
    version,
    backingOffset: long(8),
    backingBytes: view.getUint32(16),
    clusterBits: view.getUint32(20),
    size: long(24),
    cryptMethod: view.getUint32(32),
    l1Entries: view.getUint32(36),
    l1Offset: long(40),
    refcountTableOffset: long(48),
    refcountTableClusters: view.getUint32(56),
    snapshots: view.getUint32(60),
    snapshotsOffset: long(64),
    incompatible: is3 ? long(72) : 0n,
    compatible: is3 ? long(80) : 0n,
    autoclear: is3 ? long(88) : 0n,
    refcountOrder: is3 ? view.getUint32(96) : 4,
    headerBytes,
    compressionType: headerBytes > LEAST_HEADER_3 ? view.getUint8(104) : 0,
  };
}

/** What a header says, whether or not it can be right. */
export function basicDescription(header: Qcow2Header, fileBytes: number): Qcow2Description {
  const { version, size, clusterBits, backingOffset, snapshots, incompatible } = header;
  return {
    format: 'qcow2',
    version,
    size,
    clusterBits,
    hasBackingFile: backingOffset !== 0n,
    snapshots,
    dirty: (incompatible & FEATURES.dirty) !== 0n,
    corrupt: (incompatible & FEATURES.corrupt) !== 0n,
    fileBytes: toByteCount(fileBytes),
  };
}
