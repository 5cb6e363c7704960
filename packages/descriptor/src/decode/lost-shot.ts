import { guidKey, NIL_GUID, TOP_GUID, type Guid } from '../guid.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Image, Shot } from '../model.ts';

/** A shot that is missing while its image is there. */
export interface LostShot {
  readonly guid: Guid;
  /** The shot that names it as its parent, if one does. */
  readonly child?: Guid;
  /** The only shot that it can stand on, or zeros if it can only be the base. */
  readonly parent?: Guid;
  /** The shot that it stands on if the disk has no branches, where it can stand on others as well. */
  readonly unbranched?: Guid;
}

/** The shot that a disk lacks and the tool does not add rightly; `undefined` if it is not one, or not certain which. */
export function lostShot(
  images: readonly Image[],
  shots: readonly Shot[],
  top: Guid,
): LostShot | undefined {
  if (images.length !== shots.length + 1) return undefined;
  // The shot that the tool adds is the right one then.
  if (images.length === 1 && guidKey(images[0]?.guid ?? '') === guidKey(TOP_GUID)) return undefined;
  const byGuid = new Map(shots.map((shot) => [guidKey(shot.guid), shot]));
  const imageKeys = new Set(images.map(({ guid }) => guidKey(guid)));
  if (byGuid.size !== shots.length || imageKeys.size !== images.length) return undefined;
  const [lost, ...others] = images.filter(({ guid }) => !byGuid.has(guidKey(guid)));
  if (lost === undefined || others.length > 0) return undefined;
  const key = guidKey(lost.guid);
  const child = shots.find(({ parentGuid }) => guidKey(parentGuid) === key)?.guid;
  return { guid: lost.guid, ...(child && { child }), ...parentOf(shots, key, guidKey(top)) };
}

type Below = Pick<LostShot, 'parent' | 'unbranched'>;

/** A shot can stand on each that is not above it, except the top. In a chain, that is the one that has no other child. */
function parentOf(shots: readonly Shot[], lost: string, top: string): Below {
  if (!shots.some(({ parentGuid }) => guidKey(parentGuid) === guidKey(NIL_GUID)))
    return { parent: NIL_GUID };
  const children = childrenOf(shots);
  const above = new Set([lost]);
  for (const key of above) for (const child of children.get(key) ?? []) above.add(child);
  const possible = shots.filter(({ guid }) => !above.has(guidKey(guid)) && guidKey(guid) !== top);
  const [only, ...others] = possible;
  if (others.length === 0) return only === undefined ? {} : { parent: only.guid };
  const [leaf, ...leaves] = possible.filter(({ guid }) => !children.has(guidKey(guid)));
  const isBranched = leaves.length > 0 || [...children.values()].some(({ length }) => length > 1);
  return leaf === undefined || isBranched ? {} : { unbranched: leaf.guid };
}

/** The keys of the children of each shot. */
function childrenOf(shots: readonly Shot[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const { guid, parentGuid } of shots) {
    const parent = guidKey(parentGuid);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [guidKey(guid)]);
    else siblings.push(guidKey(guid));
  }
  return children;
}

/** Findings without those that a lost shot, and the one that is added for it, explain. */
export function withoutConsequences(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const lost = findings.find((finding) => finding.code === 'SHOT_LOST');
  if (lost?.code !== 'SHOT_LOST') return findings;
  const [added, guid] = [guidKey(TOP_GUID), guidKey(lost.data.guid)];
  return findings.filter(({ code, data }) => {
    if (code === 'IMAGE_WITHOUT_SHOT') return guidKey(data.guid) !== guid;
    if (code === 'PARENT_UNKNOWN') return guidKey(data.parentGuid) !== guid;
    const isOfAdded =
      code === 'GUID_DUPLICATE' || code === 'SHOT_WITHOUT_IMAGE' || code === 'SEVERAL_BASES';
    return !isOfAdded || guidKey(data.guid) !== added;
  });
}
