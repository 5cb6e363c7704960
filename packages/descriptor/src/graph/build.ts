import { guidKey, NIL_GUID, sameGuid } from '../guid.ts';
import type { DiskDescriptor, Image, Shot } from '../model.ts';

/** A shot with the image that holds its data; `undefined` where the descriptor has no such image. */
export interface SnapshotNode extends Shot {
  readonly image: Image | undefined;
}

/**
 * The snapshot graph of a descriptor. GUIDs are looked up in any case, and of shots or images with the same GUID the
 * first counts, as in the tool. Safe on any graph, cycles included.
 */
export interface SnapshotGraph {
  /** In file order. */
  readonly nodes: readonly SnapshotNode[];
  /** The shot that is written to, where there is one. */
  readonly top: SnapshotNode | undefined;
  readonly node: (guid: string) => SnapshotNode | undefined;
  /** In file order; empty for a leaf and for an unknown GUID. */
  readonly children: (guid: string) => readonly SnapshotNode[];
  /**
   * The ancestors of a shot and the shot itself, base first. Where the ancestry is damaged, the part that can be
   * reached; {@link imageList} says what is wrong. Empty for an unknown GUID.
   */
  readonly chain: (guid: string) => readonly SnapshotNode[];
}

/** The graph of a descriptor, in time proportional to its size. */
export function buildGraph(descriptor: DiskDescriptor): SnapshotGraph {
  const images = firstByKey(descriptor.images);
  const nodes: readonly SnapshotNode[] = descriptor.shots.map((shot) => ({
    ...shot,
    image: images.get(guidKey(shot.guid)),
  }));
  const byKey = firstByKey(nodes);
  const byParent = groupByParent(nodes);
  const { topGuid } = descriptor;

  const node = (guid: string): SnapshotNode | undefined => byKey.get(guidKey(guid));
  const chain = (guid: string): readonly SnapshotNode[] => {
    const seen = new Set<SnapshotNode>();
    for (
      let current = node(guid);
      current !== undefined && !seen.has(current);
      current = isBase(current) ? undefined : node(current.parentGuid)
    )
      seen.add(current);
    return [...seen].reverse();
  };
  return {
    nodes,
    top: topGuid === undefined ? undefined : node(topGuid),
    node,
    children: (guid) => byParent.get(guidKey(guid)) ?? [],
    chain,
  };
}

/** Whether a shot says that it has no parent. */
export function isBase(shot: Shot): boolean {
  return sameGuid(shot.parentGuid, NIL_GUID);
}

function firstByKey<Item extends { readonly guid: string }>(
  items: readonly Item[],
): ReadonlyMap<string, Item> {
  const map = new Map<string, Item>();
  for (const item of items) {
    const key = guidKey(item.guid);
    if (!map.has(key)) map.set(key, item);
  }
  return map;
}

function groupByParent(nodes: readonly SnapshotNode[]): ReadonlyMap<string, SnapshotNode[]> {
  const groups = new Map<string, SnapshotNode[]>();
  for (const node of nodes) {
    const key = guidKey(node.parentGuid);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return groups;
}
