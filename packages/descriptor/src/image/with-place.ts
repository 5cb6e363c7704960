import type { DiagnosticCode } from '../diagnostics/codes.ts';
import { comparePlace, type StatedDisk } from './check-chain.ts';
import type { ImageCheck } from './check-image.ts';

/** Findings about a file that is not an image although there should be one. */
const NO_IMAGE: ReadonlySet<DiagnosticCode> = new Set([
  'HEADER_INVALID',
  'HEADER_TOO_SHORT',
  'HEADER_ZEROED',
]);

/** Adds to the check of an image why its file is not one: a file without header is one only as the base of a raw disk. */
export function withPlace(check: ImageCheck, isBase: boolean, stated: StatedDisk): ImageCheck {
  const misplaced = comparePlace(check, isBase, stated).filter(({ code }) => NO_IMAGE.has(code));
  return { ...check, diagnostics: [...check.diagnostics, ...misplaced] };
}
