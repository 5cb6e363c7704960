import { sameGuid, type Diagnostic } from '@ploop/descriptor';

/** The findings about a broken chain, each replaced by its cause in the descriptor if a check reports one. */
export function causesOf(
  broken: readonly Diagnostic[],
  diagnostics: readonly Diagnostic[],
  guid: string | undefined,
): readonly Diagnostic[] {
  const cause = (found: Diagnostic): Diagnostic => {
    const lost = diagnostics.find(
      (finding) =>
        finding.code === 'SHOT_LOST' && sameGuid(finding.data.guid, guidLacking(found) ?? ''),
    );
    const top =
      found.code === 'SHOT_UNKNOWN' && guid === undefined
        ? diagnostics.find(({ code }) => code === 'TOP_GUID_UNKNOWN' || code === 'COUNT_MISMATCH')
        : undefined;
    return lost ?? top ?? found;
  };
  return [...new Set(broken.map(cause))];
}

/** The missing shot of a chain. */
function guidLacking({ code, data }: Diagnostic): string | undefined {
  if (code === 'SHOT_UNKNOWN') return data.guid;
  return code === 'PARENT_UNKNOWN' ? data.parentGuid : undefined;
}
