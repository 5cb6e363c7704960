import { bytes as toByteCount, type Bytes } from '@ploop/descriptor';

/** A qcow2 image (disks of releases 8 and 9 without a descriptor): recognised and described, not read. */
export interface Qcow2Description {
  readonly format: 'qcow2';
  readonly version: number;
  /** Virtual size in bytes, all 64 bits. */
  readonly size: bigint;
  /** log2 of the cluster size in bytes. */
  readonly clusterBits: number;
  /** Whether it needs another image below it. */
  readonly hasBackingFile: boolean;
  /** Snapshots inside the image. */
  readonly snapshots: number;
  /** Version 3: it was not closed cleanly, or is in use. */
  readonly dirty: boolean;
  /** Version 3: software that wrote to it has found it damaged. */
  readonly corrupt: boolean;
  /** Size of the file. */
  readonly fileBytes: Bytes;
}

const MAGIC = 0x51_46_49_fb;
const LEAST_BYTES = 72;
const DIRTY = 1n;
const CORRUPT = 2n;

/** Whether a file that begins with these bytes is a qcow2 image. */
export function isQcow2(bytes: Uint8Array): boolean {
  if (bytes.length < LEAST_BYTES) return false;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0) === MAGIC;
}

/** The header of a qcow2 image (big-endian). */
export function parseQcow2(bytes: Uint8Array, fileBytes: number): Qcow2Description {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4);
  const features = version >= 3 && bytes.length >= 80 ? view.getBigUint64(72) : 0n;
  return {
    format: 'qcow2',
    version,
    size: view.getBigUint64(24),
    clusterBits: view.getUint32(20),
    hasBackingFile: view.getBigUint64(8) !== 0n,
    snapshots: view.getUint32(60),
    dirty: (features & DIRTY) !== 0n,
    corrupt: (features & CORRUPT) !== 0n,
    fileBytes: toByteCount(fileBytes),
  };
}
