import type { ImageFormat } from './image-format.ts';
import { PLOOP } from './ploop/ploop-format.ts';
import { QCOW2 } from './qcow2/qcow2-format.ts';
import { RAW } from './raw/raw-format.ts';

/** The formats of image files, in the order in which they are tried. A file of none of the others is raw. */
export const FORMATS = [QCOW2, PLOOP, RAW] as const satisfies readonly ImageFormat[];
