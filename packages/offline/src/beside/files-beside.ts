import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { FileLook } from '@ploop/descriptor/node/internal';

/** Smaller files of no known kind are configuration, notes and records. */
const LARGE = 1024 * 1024;

/**
 * The finding about files that are neither images nor descriptors and take space, are patches and archives, or are as long
 * as the disk.
 */
export function filesBeside(looks: readonly FileLook[], diskBytes: number): Diagnostic | undefined {
  const others = looks
    .map((look) => ({ ...look, kind: look.kind ?? lengthKind(look, diskBytes) }))
    .filter(({ bytes, kind }) => kind !== undefined || bytes >= LARGE);
  if (others.length === 0) return undefined;
  return diagnostic('FILES_BESIDE', {
    bytes: others.reduce((sum, { bytes }) => sum + bytes, 0),
    files: others.map(({ file, bytes, kind }) => ({ file, bytes, ...(kind && { kind }) })),
  });
}

/** A copy of a bare disk, or an export, begins as the guest likes. */
function lengthKind({ bytes }: FileLook, diskBytes: number): string | undefined {
  return bytes === diskBytes && bytes > 0 ? 'as long as the disk' : undefined;
}
