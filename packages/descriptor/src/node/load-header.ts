import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { DescriptorError } from '../errors.ts';
import { HEADER_BYTES, parseImageHeader, type ImageHeader } from '../image/header.ts';
import { markIn, type StateMark } from '../image/state-mark.ts';
import { openNamed, type Confinement, type NamedFile } from './confine.ts';
import { readStart, startOfOpen, type FileStart } from './files.ts';
import { identityOf, type FileIdentity } from './identity.ts';
import { readable } from './readable.ts';
import type { Steps } from '../steps.ts';

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
  requireCall(NODE.headerFileAt, [file]);
  return headerOf(file, yield* readable(file, readStart(file, HEADER_BYTES)));
}

/** {@link headerFileAt} for the file that a descriptor names; `DELTA_OUTSIDE` if it is outside. */
export function* namedHeaderFileAt(named: NamedFile, confinement: Confinement): Steps<HeaderFile> {
  requireCall(NODE.namedHeaderFileAt, [named, confinement]);
  const opened = yield* openNamed(named, confinement);
  return headerOf(named.file, yield* readable(named.file, startOfOpen(opened, HEADER_BYTES)));
}

/** The header alone that {@link headerFileAt} gives. */
export function* headerAt(file: string): Steps<ImageHeader> {
  return (yield* headerFileAt(file)).header;
}

function headerOf(file: string, { bytes, stats }: FileStart): HeaderFile {
  const { header, diagnostics } = parseImageHeader(bytes, file);
  if (header !== undefined) return { header, mark: markIn(bytes), identity: identityOf(stats) };
  const [first, ...rest] = diagnostics;
  if (first === undefined)
    throw new TypeError('a header is either there or a finding says why not');
  throw new DescriptorError([first, ...rest]);
}
