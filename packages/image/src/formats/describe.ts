import {
  type Diagnostic,
  bytes as toByteCount,
  sectors,
  SECTOR_SIZE,
  type Bytes,
  type Sectors,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  runAsync,
  type Steps,
  HEADER_BYTES,
  versionOf,
  knownContent,
  fill,
  type ImageSource,
} from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { readExtension } from './ploop/extension/extension.ts';
import { BAT_START } from './ploop/layout.ts';
import type { PloopDescription } from './ploop/ploop-description.ts';
import { parsePloopHeader } from './ploop/ploop-header.ts';
import { parseQcow2, type Qcow2Description } from './qcow2/qcow2-header.ts';

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

/** What a file is, by its first bytes and never by what a descriptor says of it. */
export type ImageDescription = PloopDescription | Qcow2Description | RawDescription;

/** What a file is, and what is wrong with it. Described even where its data cannot be read. */
export interface DescriptionResult {
  readonly description: ImageDescription;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Describes an image file: all fields of its header, and its format extension with the dirty bitmaps. Reads a few
 * kilobytes, and one cluster where there is an extension, in pieces: what it takes does not depend on the disk.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function describeImage(source: ImageSource): Promise<DescriptionResult> {
  requireCall(IMAGE.describeImage, [source]);
  const { description, diagnostics } = await runAsync(startOf(source));
  if (description.format !== 'ploop') return { description, diagnostics };
  const extension = await readExtension(source, description);
  if (extension === undefined) return { description, diagnostics };
  return {
    description: { ...description, extension: extension.extension },
    diagnostics: [...diagnostics, ...extension.diagnostics],
  };
}

/** {@link describeImage} as steps, of the header alone: a format extension is not looked at. */
export function* startOf(source: ImageSource): Steps<DescriptionResult> {
  const { bytes: fileBytes } = source;
  const start = new Uint8Array(Math.min(fileBytes, HEADER_BYTES));
  yield* fill(source, start, 0);
  const qcow2 = parseQcow2(start, fileBytes);
  if (qcow2 !== undefined) return { description: qcow2, diagnostics: [] };
  const version = versionOf(start);
  if (version === undefined || start.length < BAT_START)
    return { description: withoutHeader(start, fileBytes), diagnostics: [] };
  return parsePloopHeader(start, version, source);
}

function withoutHeader(start: Uint8Array, fileBytes: number): RawDescription {
  const description = rawDescription(fileBytes);
  if (start.length === HEADER_BYTES && start.every((byte) => byte === 0)) {
    const then = fileBytes === HEADER_BYTES ? 'end' : 'unknown';
    return { ...description, zeros: { bytes: toByteCount(HEADER_BYTES), then } };
  }
  const content = knownContent(start);
  return content === undefined ? description : { ...description, content };
}

/** A file of that many bytes as a bare disk. */
export function rawDescription(fileBytes: number): RawDescription {
  return {
    format: 'raw',
    size: sectors(Math.ceil(fileBytes / SECTOR_SIZE)),
    fileBytes: toByteCount(fileBytes),
  };
}
