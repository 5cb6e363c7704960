import type { BigIntStats } from 'node:fs';

/**
 * Which file was read, and in which state: where two identities are the same, nobody has replaced the file or written to
 * it in between. A write within one tick of the file system's clock, a few milliseconds, that keeps the size goes unseen.
 */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** Nanoseconds since 1970. */
  readonly ctimeNs: bigint;
  readonly size: bigint;
}

/** The identity of a file, of what the file system says of it. */
export function identityOf({ dev, ino, mtimeNs, ctimeNs, size }: BigIntStats): FileIdentity {
  return { dev, ino, mtimeNs, ctimeNs, size };
}

/** Whether two identities are of one file in one state. */
export function sameIdentity(one: FileIdentity, other: FileIdentity): boolean {
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.size === other.size
  );
}
