import { DescriptorError } from '../errors.ts';
import { HEADER_BYTES, parseImageHeader, type ImageHeader } from '../image/header.ts';
import { readStart } from './files.ts';
import { readable } from './load-descriptor.ts';
import type { Steps } from './steps.ts';

/**
 * The header of an image file, as steps.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT` or `HEADER_INVALID`.
 */
export function* headerAt(file: string): Steps<ImageHeader> {
  const { bytes } = yield* readable(file, readStart(file, HEADER_BYTES));
  const { header, diagnostics } = parseImageHeader(bytes, file);
  if (header !== undefined) return header;
  const [first, ...rest] = diagnostics;
  if (first === undefined)
    throw new TypeError('a header is either there or a finding says why not');
  throw new DescriptorError([first, ...rest]);
}
