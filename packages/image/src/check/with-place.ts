import type { DiagnosticCode } from '@ploop/descriptor';

import { comparePlace, compareSize, type StatedDisk } from './check-chain.ts';
import type { ImageCheck } from './check-image.ts';

/** Findings about a file that is not the image that there should be. */
const MISPLACED: ReadonlySet<DiagnosticCode> = new Set([
  'HEADER_INVALID',
  'HEADER_TOO_SHORT',
  'HEADER_ZEROED',
  'IMAGE_UNSUPPORTED',
  'IMAGE_TRUNCATED',
  'SIZE_NOT_WHOLE',
]);

/** Where an image is in the snapshot graph. */
export interface Place {
  /** At the base of a raw disk. */
  readonly isBase: boolean;
  readonly isTop: boolean;
}

/**
 * Adds the findings about an image in its place to its check: a file without header is an image only as the base of
 * a raw disk, which must be as long as the disk if nothing is above it.
 */
export function withPlace(
  check: ImageCheck,
  { isBase, isTop }: Place,
  stated: StatedDisk,
): ImageCheck {
  const misplaced = comparePlace(check, isBase, stated).filter(({ code }) => MISPLACED.has(code));
  const cut = isTop ? compareSize(check, stated).filter(({ code }) => MISPLACED.has(code)) : [];
  return { ...check, diagnostics: [...check.diagnostics, ...misplaced, ...cut] };
}
