import { md5 } from '@noble/hashes/legacy.js';

/** The MD5 of bytes that come in pieces: format extensions carry it. */
export function createMd5(): {
  readonly update: (bytes: Uint8Array) => void;
  readonly digest: () => Uint8Array;
} {
  const hash = md5.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest(),
  };
}
