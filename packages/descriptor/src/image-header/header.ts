import { HEADERS } from '../arguments/headers.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isClusterSize, sectors, type Sectors } from '../units.ts';
import { knownContent } from './known-content.ts';

/** Bytes of a file that must be there for the tool to read its header. */
export const HEADER_BYTES = 4096;

const SIGNATURES: ReadonlyMap<string, 1 | 2> = new Map([
  ['WithoutFreeSpace', 1],
  ['WithouFreSpacExt', 2],
]);
const DISK_TYPE = 2;

/** Bytes of a file that show whether it is a ploop image at all. */
const SIGNATURE_BYTES = 16;

/** What the header of an image says. */
export interface ImageHeader {
  /** Format version, by the signature. */
  readonly version: 1 | 2;
  /** Cluster size. */
  readonly blockSize: Sectors;
  /** Virtual size in whole clusters, as the tool reports it. */
  readonly size: Sectors;
  /** Virtual size as stated: larger than `size` if the last cluster of the disk is not whole. */
  readonly statedSize: Sectors;
}

/** A header, or why the file has none. */
export interface HeaderResult {
  readonly header?: ImageHeader;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The header of a ploop image from the first bytes of the file, at least {@link HEADER_BYTES}. Never throws on
 * input. `file` is only repeated in the findings. Whether the image is in use plays no part: releases 7 and later
 * read the parameters of an image in use as well, 1.15 refuses to.
 */
export function parseImageHeader(bytes: Uint8Array, file: string): HeaderResult {
  requireCall(HEADERS.parseImageHeader, [bytes, file]);
  if (bytes.length < HEADER_BYTES)
    return failed(diagnostic('HEADER_TOO_SHORT', { file, bytes: bytes.length }));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = versionOf(bytes);
  if (version === undefined)
    return failed(invalid(file, 'signature', knownContent(bytes) ?? 'unknown'));

  const type = view.getUint32(16, true);
  const blockSize = view.getUint32(28, true);
  const size = sizeIn(version, view.getBigUint64(36, true));
  if (type !== DISK_TYPE) return failed(invalid(file, 'type', String(type)));
  if (!isClusterSize(blockSize)) return failed(invalid(file, 'cluster size', String(blockSize)));
  if (size > Number.MAX_SAFE_INTEGER)
    return failed(diagnostic('HEADER_SIZE_INEXACT', { file, sectors: String(size) }));

  const whole = Number(size) - (Number(size) % blockSize);
  return {
    header: {
      version,
      blockSize: sectors(blockSize),
      size: sectors(whole),
      statedSize: sectors(Number(size)),
    },
    diagnostics: [],
  };
}

/** The size that the field of a header means, in sectors: in version 1 its upper half means nothing. */
export function sizeIn(version: 1 | 2, field: bigint): bigint {
  return version === 1 ? BigInt.asUintN(32, field) : field;
}

/** The format version that the signature at the beginning of a file states; `undefined` where it has none. */
export function versionOf(bytes: Uint8Array): 1 | 2 | undefined {
  return SIGNATURES.get(signatureOf(bytes));
}

function signatureOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, SIGNATURE_BYTES));
}

function invalid(
  file: string,
  field: 'signature' | 'type' | 'cluster size',
  value: string,
): Diagnostic {
  return diagnostic('HEADER_INVALID', { file, field, value });
}

function failed(finding: Diagnostic): HeaderResult {
  return { diagnostics: [finding] };
}
