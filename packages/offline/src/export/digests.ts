import { createHash } from 'node:crypto';

import { diagnostic, DescriptorError } from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';

/** Digests of a file that is written in order, by which it can be compared without being made again. */
interface Digests {
  /** The next bytes of the file. */
  readonly add: (bytes: Uint8Array) => void;
  /**
   * Reads the file back.
   *
   * @throws DescriptorError with code `EXPORT_DIFFERS` and the part of the file that differs; the reason of `signal`.
   */
  readonly verify: (
    file: Pick<ImageSource, 'file' | 'bytes' | 'readAt'>,
    signal: AbortSignal,
  ) => Promise<void>;
}

const PART_BYTES = 1 << 20;

/** Digests of a file of which nothing is written yet: one for each MiB. */
export function createDigests(): Digests {
  const found: Buffer[] = [];
  let hash = createHash('sha256');
  let length = 0;
  const close = (): void => {
    found.push(hash.digest());
    hash = createHash('sha256');
    length = 0;
  };
  return {
    add: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + PART_BYTES - length);
        hash.update(part);
        length += part.length;
        at += part.length;
        if (length === PART_BYTES) close();
      }
    },
    verify: async ({ file, bytes, readAt }, signal) => {
      if (length > 0) close();
      const buffer = new Uint8Array(PART_BYTES);
      for (const [index, digest] of found.entries()) {
        signal.throwIfAborted();
        const position = index * PART_BYTES;
        const part = buffer.subarray(0, Math.min(PART_BYTES, bytes - position));
        const count = await readAt(part, position);
        const isSame = createHash('sha256').update(part).digest().equals(digest);
        if (count < part.length || !isSame)
          throw new DescriptorError([diagnostic('EXPORT_DIFFERS', { file, position })]);
      }
    },
  };
}
