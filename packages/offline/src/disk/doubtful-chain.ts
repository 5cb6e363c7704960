import { guidKey, type Diagnostic, type DiagnosticCode } from '@ploop/descriptor';

/** Findings about a descriptor after which it is not known that a chain is the one that is meant. */
export const DOUBTS: ReadonlySet<DiagnosticCode> = new Set([
  'FILES_EXCHANGED',
  'FILE_DUPLICATE',
  'GUID_DUPLICATE',
  'SHOT_LOST',
  'TOP_WITH_CHILDREN',
]);

/** The findings about a descriptor that make the content of a chain doubtful. */
export function doubtfulChain(
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
