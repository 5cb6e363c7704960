import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { FileLook } from '@ploop/descriptor/node/internal';

/** Smaller files of no known kind are configuration, notes and records. */
const LARGE = 1024 * 1024;

/** The finding about files that are neither images nor descriptors and take space, or are patches and archives. */
export function filesBeside(looks: readonly FileLook[]): Diagnostic | undefined {
  const others = looks.filter(({ bytes, kind }) => kind !== undefined || bytes >= LARGE);
  if (others.length === 0) return undefined;
  return diagnostic('FILES_BESIDE', {
    bytes: others.reduce((sum, { bytes }) => sum + bytes, 0),
    files: others.map(({ file, bytes, kind }) => ({ file, bytes, ...(kind && { kind }) })),
  });
}
