import { diagnostic, guidKey, type Diagnostic, type DiagnosticCode } from '@ploop/descriptor';
import { encryptionOf } from '@ploop/descriptor/internal';

import type { LoadedDisk } from './load-disk.ts';

/** Findings about a descriptor after which it is not known that a chain is the one that is meant. */
export const DOUBTS: ReadonlySet<DiagnosticCode> = new Set([
  'FILES_EXCHANGED',
  'FILE_DUPLICATE',
  'GUID_DUPLICATE',
  'SHOT_LOST',
  'TOP_WITH_CHILDREN',
]);

/** The findings about a descriptor that make the content of a chain doubtful. */
function doubtfulChain(
  findings: readonly Diagnostic[],
  guids: readonly string[],
  live: boolean,
): readonly Diagnostic[] {
  const chain = new Set(guids.map(guidKey));
  return findings.filter(({ code, data }) => {
    if (!DOUBTS.has(code) || (code === 'TOP_WITH_CHILDREN' && !live)) return false;
    const named = ['guid' in data ? data.guid : '', 'other' in data ? data.other : ''];
    return named.some((guid) => typeof guid === 'string' && chain.has(guidKey(guid)));
  });
}

/** Findings about a descriptor that say what its snapshots lack. The parts of a split disk are refused for these ranges. */
const KEPT: ReadonlySet<DiagnosticCode> = new Set([
  'IMAGE_ALONE',
  'IMAGE_MAYBE_DELTA',
  'STORAGE_GAP',
  'STORAGE_SIZE_DIFFERS',
]);

/** The whole chain is encrypted with what its descriptor says, and a parent volume may say it as well. */
function encryptionFindings({ descriptor, parents = [] }: LoadedDisk): readonly Diagnostic[] {
  const own = descriptor && encryptionOf(descriptor);
  if (own !== undefined) return [diagnostic('CONTENT_ENCRYPTED', own)];
  const above = parents
    .map((volume) => volume.descriptor && encryptionOf(volume.descriptor))
    .find((encryption) => encryption !== undefined);
  return above === undefined ? [] : [diagnostic('CONTENT_ENCRYPTED', above)];
}

/** The findings about a disk that say what to know of the content of a chain. `guids`: those of the chain. */
export function contentFindings(
  loaded: LoadedDisk,
  guids: readonly string[],
  live: boolean,
): readonly Diagnostic[] {
  return [
    ...loaded.diagnostics.filter(({ code }) => KEPT.has(code)),
    ...encryptionFindings(loaded),
    ...doubtfulChain(loaded.diagnostics, guids, live),
  ];
}
