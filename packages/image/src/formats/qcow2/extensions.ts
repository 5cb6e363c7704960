import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { readBytes, textOf, viewOf } from './bytes.ts';
import type { Qcow2Header } from './qcow2-header.ts';

/** What the extensions of a header say, as far as they are known. */
export interface Extensions {
  readonly backingFormat?: string;
  readonly dataFile?: string;
  /** Names of features, by type and bit: `0:5`. */
  readonly featureNames: ReadonlyMap<string, string>;
  readonly bitmaps?: BitmapDirectory;
  /** Where the header of the encryption is. */
  readonly encryption?: { readonly offset: bigint; readonly bytes: bigint };
  /** Why they could not all be read. */
  readonly fault?: string;
}

/** Where the bitmap directory is. */
export interface BitmapDirectory {
  readonly count: number;
  readonly offset: bigint;
  readonly bytes: bigint;
}

/** Types of extensions. */
export const EXTENSION_TYPES = {
  backingFormat: 0xe279_2aca,
  featureNames: 0x6803_f857,
  bitmaps: 0x2385_2875,
  encryption: 0x0537_be77,
  dataFile: 0x4441_5441,
} as const;
const HEAD_BYTES = 8;
const FEATURE_BYTES = 48;

/**
 * Reads the extensions between a header and the end of its cluster, or the name of the backing file.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* readExtensions(
  source: ImageSource,
  { headerBytes, clusterBits, backingOffset }: Qcow2Header,
): Steps<Extensions> {
  const last = Math.min(2 ** clusterBits, source.bytes);
  const end = backingOffset === 0n ? last : Math.min(last, Number(backingOffset));
  const bytes = yield* readBytes(source, headerBytes, Math.max(0, end - headerBytes));
  const view = viewOf(bytes);
  const found: { -readonly [Name in keyof Extensions]: Extensions[Name] } = {
    featureNames: new Map(),
  };
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const [type, length] = [view.getUint32(at), view.getUint32(at + 4)];
    if (type === 0) return found;
    at += HEAD_BYTES;
    if (at + length > bytes.length) return { ...found, fault: 'one is longer than the header' };
    const data = bytes.subarray(at, at + length);
    if (type === EXTENSION_TYPES.backingFormat) found.backingFormat = textOf(data);
    if (type === EXTENSION_TYPES.dataFile) found.dataFile = textOf(data);
    if (type === EXTENSION_TYPES.featureNames) found.featureNames = featureNames(data);
    if (type === EXTENSION_TYPES.bitmaps && length >= 24)
      found.bitmaps = bitmapDirectory(viewOf(data));
    if (type === EXTENSION_TYPES.encryption && length >= 16)
      found.encryption = {
        offset: viewOf(data).getBigUint64(0),
        bytes: viewOf(data).getBigUint64(8),
      };
    at += Math.ceil(length / 8) * 8;
  }
  return found;
}

function bitmapDirectory(view: DataView): BitmapDirectory {
  return { count: view.getUint32(0), bytes: view.getBigUint64(8), offset: view.getBigUint64(16) };
}

function featureNames(bytes: Uint8Array): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (let at = 0; at + FEATURE_BYTES <= bytes.length; at += FEATURE_BYTES) {
    const name = textOf(bytes.subarray(at + 2, at + FEATURE_BYTES)).replace(/\0.*$/s, '');
    names.set(`${String(bytes[at])}:${String(bytes[at + 1])}`, name);
  }
  return names;
}
