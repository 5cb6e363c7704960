import type { DiagnosticCode, Diagnostic } from '@ploop/descriptor';

import { compareImages } from './check-chain.ts';
import type { ImageCheck } from './check-image.ts';

/** Differences that no merge can handle. A smaller or larger image is not one: the lower image takes the size of the upper. */
const UNMERGEABLE: ReadonlySet<DiagnosticCode> = new Set(['CHAIN_CLUSTER_SIZE', 'CHAIN_VERSION']);

/** Why two images, each sound by itself, must not be merged. Empty if they fit. */
export function pairFaults(lower: ImageCheck, upper: ImageCheck): readonly Diagnostic[] {
  return compareImages(lower, upper).filter(({ code }) => UNMERGEABLE.has(code));
}
