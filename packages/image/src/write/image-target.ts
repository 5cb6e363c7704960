import type { ImageSource } from '@ploop/descriptor/internal';

/** An image file that can be written to, wherever it is. */
export interface ImageTarget extends ImageSource {
  /** Writes all of `bytes` from byte `position` on, beyond the end of the file, too. */
  readonly writeAt: (bytes: Uint8Array, position: number) => Promise<void>;
  /** Settles when everything that was written is on the disk for good. */
  readonly sync: () => Promise<void>;
}
