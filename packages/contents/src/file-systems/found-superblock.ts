import { failure, type Findings } from '../findings/findings.ts';
import type { DescribedFileSystem } from '../superblocks/file-system.ts';

/** Why bytes are not a superblock that can be read. */
export type SuperblockProblem =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsupported'; readonly features: readonly string[] }
  | { readonly kind: 'damaged'; readonly field: string };

/** A superblock and the first of its fields that is wrong but not needed. */
export interface ReadSuperblock<Superblock> {
  readonly superblock: Superblock;
  readonly flaw: string | undefined;
}

/** Where a superblock is, and of which kind of file system. */
interface Place {
  readonly family: 'ext' | 'xfs';
  readonly position: number;
}

/** The size that every superblock states. */
interface Sized {
  readonly blocks: number;
  readonly blockSize: number;
  readonly facts: DescribedFileSystem;
}

/**
 * The superblock that was found, its flaw reported; `undefined` if it does not exist.
 *
 * @throws DescriptorError `FEATURES_UNKNOWN` or `SUPERBLOCK_DAMAGED`.
 */
export function foundSuperblock<Superblock>(
  found: ReadSuperblock<Superblock> | SuperblockProblem,
  { family, position }: Place,
  { report }: Findings,
): Superblock | undefined {
  if ('superblock' in found) {
    const { superblock, flaw } = found;
    if (flaw !== undefined) report('SUPERBLOCK_DAMAGED', { family, position, field: flaw });
    return superblock;
  }
  if (found.kind === 'absent') return undefined;
  throw found.kind === 'unsupported'
    ? failure('FEATURES_UNKNOWN', { family, features: found.features })
    : failure('SUPERBLOCK_DAMAGED', { family, position, field: found.field });
}

/** Reports a file system that is larger than the bytes that there are. */
export function reportTruncated(
  { blocks, blockSize, facts: { type } }: Sized,
  length: number,
  { report }: Findings,
): void {
  const size = blocks * blockSize;
  if (size > length) report('FILE_SYSTEM_TRUNCATED', { type, start: 0, size, length });
}
