import { guidKey } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import { createCommonAncestor } from './common-ancestor.ts';
import { isBase, type SnapshotNode } from './node.ts';
import { surveyForest, type Forest, type Links } from './survey.ts';

/**
 * The snapshot graph of a descriptor. GUIDs are looked up in any case, and of shots or images with the same GUID the
 * first counts, as in the tool. Safe on any graph, cycles included. Every answer takes constant time, or time
 * proportional to its length.
 */
export interface SnapshotGraph {
  /** In file order. */
  readonly nodes: readonly SnapshotNode[];
  /** The shot that is written to, where there is one. */
  readonly top: SnapshotNode | undefined;
  /** Where the graph begins: bases, shots whose parent is unknown, and one shot of each cycle. */
  readonly roots: readonly SnapshotNode[];
  /** Shots without children, in file order. */
  readonly leaves: readonly SnapshotNode[];
  /** The first shot of each part of the graph that the top does not need. */
  readonly deadBranches: readonly SnapshotNode[];
  readonly node: (guid: string) => SnapshotNode | undefined;
  /** In file order; empty for a leaf and for an unknown GUID. */
  readonly children: (guid: string) => readonly SnapshotNode[];
  /**
   * The ancestors of a shot and the shot itself, base first. Where the ancestry is damaged, the part that can be
   * reached; {@link imageList} says what is wrong. Empty for an unknown GUID.
   */
  readonly chain: (guid: string) => readonly SnapshotNode[];
  /** {@link chain} without the shot itself. */
  readonly ancestors: (guid: string) => readonly SnapshotNode[];
  /** Everything below a shot, parents before their children. */
  readonly descendants: (guid: string) => readonly SnapshotNode[];
  /** Distance from the base, 0 for a base; `undefined` where the chain does not end at one. */
  readonly level: (guid: string) => number | undefined;
  /** The last shot that two shots have in common, which may be one of them. */
  readonly commonAncestor: (one: string, other: string) => SnapshotNode | undefined;
  /** Whether the top needs a shot: whether it is on the chain of the top. */
  readonly isActive: (guid: string) => boolean;
}

/** The graph of a descriptor, in time proportional to its size. */
export function buildGraph(descriptor: DiskDescriptor): SnapshotGraph {
  const links = linksOf(descriptor);
  const { nodes, node, children } = links;
  const { topGuid } = descriptor;
  const top = topGuid === undefined ? undefined : node(topGuid);
  const chain = (guid: string): readonly SnapshotNode[] => chainOf(links, guid);

  const active = lazily(() => new Set(top === undefined ? [] : chain(top.guid)));
  const forest = lazily(() => surveyForest(links));
  const levels = lazily(() => levelsOf(forest()));
  const common = lazily(() => createCommonAncestor(forest()));
  const leaves = lazily(() => nodes.filter((one) => forest().children(one).length === 0));
  const deadBranches = lazily(() => deadBranchesOf(forest(), active()));
  const placeOf = (guid: string): number => {
    const found = node(guid);
    return found === undefined ? -1 : forest().indexOf(found);
  };

  return {
    nodes,
    top,
    get roots() {
      return forest().roots;
    },
    get leaves() {
      return leaves();
    },
    get deadBranches() {
      return deadBranches();
    },
    node,
    children,
    chain,
    ancestors: (guid) => chain(guid).slice(0, -1),
    descendants: (guid) => {
      const place = placeOf(guid);
      const size = forest().sizes[place];
      return size === undefined ? [] : forest().order.slice(place + 1, place + size);
    },
    level: (guid) => levels()[placeOf(guid)],
    commonAncestor: (one, other) => {
      const [left, right] = [placeOf(one), placeOf(other)];
      return left < 0 || right < 0 ? undefined : forest().order[common()(left, right)];
    },
    isActive: (guid) => {
      const found = node(guid);
      return found !== undefined && active().has(found);
    },
  };
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function linksOf({ shots, images }: DiskDescriptor): Links {
  const imageOf = firstByKey(images);
  const nodes = shots.map((shot) => ({ ...shot, image: imageOf.get(guidKey(shot.guid)) }));
  const byGuid = firstByKey(nodes);
  const byParent = new Map<string, SnapshotNode[]>();
  for (const node of nodes) {
    const key = guidKey(node.parentGuid);
    const siblings = byParent.get(key);
    if (siblings === undefined) byParent.set(key, [node]);
    else siblings.push(node);
  }
  return {
    nodes,
    node: (guid) => byGuid.get(guidKey(guid)),
    children: (guid) => byParent.get(guidKey(guid)) ?? [],
  };
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

function chainOf({ node }: Links, guid: string): readonly SnapshotNode[] {
  const seen = new Set<SnapshotNode>();
  for (
    let current = node(guid);
    current !== undefined && !seen.has(current);
    current = isBase(current) ? undefined : node(current.parentGuid)
  )
    seen.add(current);
  return [...seen].reverse();
}

function levelsOf({ order, parents }: Forest): readonly (number | undefined)[] {
  const levels: (number | undefined)[] = [];
  for (const [place, node] of order.entries()) {
    const parent = parents[place] ?? -1;
    const above = parent < 0 ? undefined : levels[parent];
    levels.push(isBase(node) ? 0 : above === undefined ? undefined : above + 1);
  }
  return levels;
}

function deadBranchesOf(
  { order, parents }: Forest,
  active: ReadonlySet<SnapshotNode>,
): readonly SnapshotNode[] {
  return order.filter((node, place) => {
    const parent = order[parents[place] ?? -1];
    return !active.has(node) && (parent === undefined || active.has(parent));
  });
}
