import { viewOf } from '../bytes.ts';
import { EXTENSION_TYPES } from '../extensions.ts';
import { LEAST_HEADER_3, MAGIC } from '../qcow2-header.ts';

/** What a header says, besides what all images that are written have in common. */
export interface NewQcow2Header {
  /** Virtual size in bytes. */
  readonly size: number;
  readonly l1Entries: number;
  /** Bytes of the file, both. */
  readonly l1Offset: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  readonly backing?: { readonly name: string; readonly format: string };
}

const CLUSTER_BITS = 16;
/** Refcounts have 2^4 bits. */
const REFCOUNT_ORDER = 4;
/** Longest name of a backing file that the specification allows, in bytes. */
const MOST_BACKING_NAME = 1023;

/**
 * The beginning of an image of version 3: header, extensions and the name of the backing file.
 *
 * @throws RangeError if the name of the backing file is too long.
 */
export function encodeQcow2Header(header: NewQcow2Header): Uint8Array {
  const { size, l1Entries, l1Offset, refcountTableOffset, refcountTableClusters } = header;
  const extensions = extensionsOf(header.backing?.format);
  const name = new TextEncoder().encode(header.backing?.name ?? '');
  if (name.length > MOST_BACKING_NAME) throw new RangeError('the name of a file is too long');
  const nameAt = LEAST_HEADER_3 + extensions.length;
  const bytes = new Uint8Array(nameAt + name.length);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC);
  view.setUint32(4, 3);
  view.setBigUint64(8, BigInt(name.length === 0 ? 0 : nameAt));
  view.setUint32(16, name.length);
  view.setUint32(20, CLUSTER_BITS);
  view.setBigUint64(24, BigInt(size));
  view.setUint32(36, l1Entries);
  view.setBigUint64(40, BigInt(l1Offset));
  view.setBigUint64(48, BigInt(refcountTableOffset));
  view.setUint32(56, refcountTableClusters);
  view.setUint32(96, REFCOUNT_ORDER);
  view.setUint32(100, LEAST_HEADER_3);
  bytes.set(extensions, LEAST_HEADER_3);
  bytes.set(name, nameAt);
  return bytes;
}

/** The format of the backing file, and the end of the extensions: each is padded to 8 bytes. */
function extensionsOf(backingFormat: string | undefined): Uint8Array {
  const END = 8;
  if (backingFormat === undefined) return new Uint8Array(END);
  const format = new TextEncoder().encode(backingFormat);
  const bytes = new Uint8Array(8 + Math.ceil(format.length / 8) * 8 + END);
  const view = viewOf(bytes);
  view.setUint32(0, EXTENSION_TYPES.backingFormat);
  view.setUint32(4, format.length);
  bytes.set(format, 8);
  return bytes;
}
