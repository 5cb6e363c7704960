import { DescriptorError, type Sectors } from '@ploop/descriptor';
import { HEADER_BYTES, parseImageHeader, stateMark, type StateMark } from '@ploop/descriptor/image';
import { readable, readStart, type Steps } from '@ploop/descriptor/node';

import type { Evidence } from '../memory.ts';

/** The header of the top delta. */
interface TopHeader {
  readonly version: 1 | 2;
  readonly blockSize: Sectors;
  readonly size: Sectors;
  readonly mark: StateMark;
}

const MARK_OFFSET = 44;

/** A header and the file that it was read from. */
export interface ReadHeader {
  readonly header: TopHeader;
  readonly file: Evidence;
}

/**
 * The header of an image.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT` or `HEADER_INVALID`.
 */
export function* topHeaderOf(path: string): Steps<ReadHeader> {
  const { bytes, stats } = yield* readable(path, readStart(path, HEADER_BYTES));
  const { header, diagnostics } = parseImageHeader(bytes, path);
  if (header === undefined) {
    const [first, ...rest] = diagnostics;
    if (first === undefined) throw new TypeError('a header is there or a finding says why not');
    throw new DescriptorError([first, ...rest]);
  }
  const { version, blockSize, size } = header;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = stateMark(view.getUint32(MARK_OFFSET, true));
  return { header: { version, blockSize, size, mark }, file: { path, identity: stats } };
}
