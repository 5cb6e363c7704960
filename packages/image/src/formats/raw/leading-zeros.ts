import { bytes as toByteCount } from '@ploop/descriptor';
import { runAsync, fill, type ImageSource } from '@ploop/descriptor/internal';

import type { LeadingZeros } from './raw-description.ts';

const PIECE = 65_536;
/** More than the header and the block table of most images. */
const MOST = 4 * 1024 * 1024;

/**
 * How many zeros a file begins with; looks at 4 MiB at most.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function leadingZeros(source: ImageSource): Promise<LeadingZeros> {
  const end = Math.min(source.bytes, MOST);
  for (let at = 0; at < end; at += PIECE) {
    const piece = new Uint8Array(Math.min(PIECE, end - at));
    await runAsync(fill(source, piece, at));
    const first = piece.findIndex((byte) => byte !== 0);
    if (first !== -1) return { bytes: toByteCount(at + first), then: 'data' };
  }
  return { bytes: toByteCount(end), then: end === source.bytes ? 'end' : 'unknown' };
}
