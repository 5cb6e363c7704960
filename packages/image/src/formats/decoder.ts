import type { Steps } from '@ploop/descriptor/internal';

/**
 * Decompresses the beginning of `bytes`, which may go on after the compressed data, into at most `length` bytes. Throws if
 * it cannot be decompressed.
 */
export type Decoder = (bytes: Uint8Array, length: number) => Steps<Uint8Array>;

/** How compressed clusters are decompressed, by their method. */
export interface Decoders {
  /** Raw deflate. */
  readonly zlib: Decoder;
  /** One frame. */
  readonly zstd: Decoder;
}
