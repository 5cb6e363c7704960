import { DescriptorError } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import {
  HEADER_BYTES,
  parseImageHeader,
  type ImageHeader,
  markIn,
  type StateMark,
  type Steps,
} from '@ploop/descriptor/internal';
import type { Confinement, FileIdentity } from '@ploop/descriptor/node';
import {
  openNamed,
  type NamedFile,
  readStart,
  startOfOpen,
  type FileStart,
  identityOf,
  readable,
} from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';

/** The header of an image and the file that it was read from. */
export interface HeaderFile {
  readonly header: ImageHeader;
  readonly mark: StateMark;
  /** Of the file at the time it was read. */
  readonly identity: FileIdentity;
}

/**
 * The header of an image file, its in-use mark, and which file that was, as steps.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT` or `HEADER_INVALID`.
 */
export function* headerFileAt(file: string): Steps<HeaderFile> {
  requireCall(OFFLINE.headerFileAt, [file]);
  return headerOf(file, yield* readable(file, readStart(file, HEADER_BYTES)));
}

/** {@link headerFileAt} for the file that a descriptor names; `DELTA_OUTSIDE` if it is outside. */
export function* namedHeaderFileAt(named: NamedFile, confinement: Confinement): Steps<HeaderFile> {
  requireCall(OFFLINE.namedHeaderFileAt, [named, confinement]);
  const opened = yield* openNamed(named, confinement);
  return headerOf(named.file, yield* readable(named.file, startOfOpen(opened, HEADER_BYTES)));
}

function headerOf(file: string, { bytes, stats }: FileStart): HeaderFile {
  const { header, diagnostics } = parseImageHeader(bytes, file);
  if (header !== undefined) return { header, mark: markIn(bytes), identity: identityOf(stats) };
  const [first, ...rest] = diagnostics;
  if (first === undefined)
    throw new TypeError('a header is either there or a finding says why not');
  throw new DescriptorError([first, ...rest]);
}
