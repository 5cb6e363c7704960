import type { Diagnostic } from '@ploop/descriptor';

import type { PloopDescription } from './ploop/ploop-description.ts';
import type { Qcow2Description } from './qcow2/qcow2-description.ts';
import type { RawDescription } from './raw/raw-description.ts';

/** What a file is, by its first bytes and never by what a descriptor says of it. */
export type ImageDescription = PloopDescription | Qcow2Description | RawDescription;

/** What a file is, and what is wrong with it. Described even where its data cannot be read. */
export interface DescriptionResult {
  readonly description: ImageDescription;
  readonly diagnostics: readonly Diagnostic[];
}
