import type { FileIdentity } from '@ploop/descriptor/node';

/** A file that an answer was read from, as it was then. */
export interface Evidence {
  readonly path: string;
  readonly identity: FileIdentity;
}
