import type { Diagnostic } from '@ploop/descriptor';

import { betweenImages, compareTops, type ComparedImage } from '../check/between-images.ts';
import { CUT } from '../disk/cut-base.ts';

/** The findings about files that are shorter than the descriptor or an image above says, beside those that are known. */
export function cutFiles(
  images: readonly ComparedImage[],
  known: readonly Diagnostic[],
): readonly Diagnostic[] {
  const proven = new Set(
    known.flatMap(({ code, data }) => (code === 'BASE_TRUNCATED' ? [data.file] : [])),
  );
  const found = [...[...betweenImages(images).values()].flat(), ...compareTops(images)];
  return found.filter(
    ({ code, data }) => CUT.has(code) && !('file' in data && proven.has(data.file)),
  );
}
