import { done, type ImageSource } from '@ploop/descriptor/internal';

import type { OpenImage } from '../image-format.ts';
import type { ImageSegment } from '../image-segment.ts';

/** A bare disk: its bytes are where they are, and there is nothing beyond its end. */
export function openRaw({ bytes: size }: ImageSource): OpenImage {
  const image: OpenImage = {
    size,
    sameClusters: false,
    inFile: true,
    tableBytes: 0,
    map: (first, count) => {
      const held = Math.min(count, Math.max(0, size - first));
      const segments: readonly ImageSegment[] = [
        { kind: 'stored', start: first, length: held, offset: first },
        { kind: 'unallocated', start: first + held, length: count - held },
      ];
      return done(segments.filter(({ length }) => length > 0));
    },
    nextAllocated: (first, end) => Promise.resolve(first < size ? first : end),
    guarded: () => Promise.resolve(image),
  };
  return image;
}
