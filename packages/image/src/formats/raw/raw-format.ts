import { bytes as toByteCount, type Diagnostic } from '@ploop/descriptor';
import { done, HEADER_BYTES, knownContent } from '@ploop/descriptor/internal';

import type { ImageFormat } from '../image-format.ts';
import { leadingZeros } from './leading-zeros.ts';
import { openRaw } from './open-raw.ts';
import { rawDescription, type RawDescription } from './raw-description.ts';

/** A bare disk, or any file of no other format. */
export const RAW: ImageFormat = {
  name: 'raw',
  probe: () => true,
  describe: (source, start) => {
    const description = describeRaw(start, source.bytes);
    const diagnostics: readonly Diagnostic[] = [];
    return done({
      description,
      diagnostics,
      open: () => done(openRaw(source)),
      check: async () => {
        if (description.zeros === undefined) return { description, diagnostics };
        const zeros = await leadingZeros(source);
        return { description: { ...description, zeros }, diagnostics };
      },
    });
  },
};

function describeRaw(start: Uint8Array, fileBytes: number): RawDescription {
  const description = rawDescription(fileBytes);
  if (start.length === HEADER_BYTES && start.every((byte) => byte === 0)) {
    const then = fileBytes === HEADER_BYTES ? 'end' : 'unknown';
    return { ...description, zeros: { bytes: toByteCount(HEADER_BYTES), then } };
  }
  const content = knownContent(start);
  return content === undefined ? description : { ...description, content };
}
