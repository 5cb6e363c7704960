import { requireDescriptor } from '../arguments/model.ts';
import type { DiskDescriptor } from '../model.ts';
import { createCommonAncestor } from './common-ancestor.ts';
import { linkShots, type Links } from './links.ts';
import { isBase, type SnapshotNode } from './node.ts';
import { surveyForest, type Forest } from './survey.ts';

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

/** The same graph by numbers, for what goes through all of it. */
export interface GraphSurvey {
  readonly links: Links;
  /** The number of the top, or -1. */
  readonly top: number;
  readonly forest: () => Forest;
  /** By shot: 1 where the top needs it. */
  readonly active: () => Uint8Array;
}

/** The graph of a descriptor, in time proportional to its size. {@link parseDescriptor} gives it along with the descriptor. */
export function buildGraph(descriptor: DiskDescriptor): SnapshotGraph {
  requireDescriptor(descriptor);
  return graphOf(surveyGraph(descriptor));
}

/** Links the shots of a descriptor; what else is known of them is found out when it is asked for. */
export function surveyGraph({ shots, images, topGuid }: DiskDescriptor): GraphSurvey {
  const links = linkShots(shots, images);
  const top = topGuid === undefined ? -1 : links.indexOf(topGuid);
  const active = lazily(() => {
    const marks = new Uint8Array(shots.length);
    for (const index of ancestry(links, top)) marks[index] = 1;
    return marks;
  });
  return { links, top, active, forest: lazily(() => surveyForest(links)) };
}

/** The queries over a survey. */
export function graphOf({ links, top, forest, active }: GraphSurvey): SnapshotGraph {
  const { nodes, indexOf } = links;
  const nodesAt = (indexes: Iterable<number>): readonly SnapshotNode[] =>
    Array.from(indexes, (index) => nodes[index]).filter((node) => node !== undefined);
  const chain = (guid: string): readonly SnapshotNode[] =>
    nodesAt(ancestry(links, indexOf(guid))).toReversed();

  const levels = lazily(() => levelsOf(links, forest()));
  const common = lazily(() => createCommonAncestor(forest()));
  const roots = lazily(() => nodesAt(forest().roots));
  const leaves = lazily(() => nodes.filter((_, index) => forest().children(index).length === 0));
  const deadBranches = lazily(() => nodesAt(deadBranchesOf(forest(), active())));
  const placeOf = (guid: string): number => forest().places[indexOf(guid)] ?? -1;
  const nodeAt = (place: number): SnapshotNode | undefined => nodes[forest().order[place] ?? -1];

  return {
    nodes,
    top: nodes[top],
    get roots() {
      return roots();
    },
    get leaves() {
      return leaves();
    },
    get deadBranches() {
      return deadBranches();
    },
    node: (guid) => nodes[indexOf(guid)],
    children: (guid) => {
      const index = indexOf(guid);
      return index < 0 ? [] : nodesAt(links.children(index));
    },
    chain,
    ancestors: (guid) => chain(guid).slice(0, -1),
    descendants: (guid) => {
      const place = placeOf(guid);
      const { order, sizes } = forest();
      return place < 0 ? [] : nodesAt(order.subarray(place + 1, place + (sizes[place] ?? 1)));
    },
    level: (guid) => {
      const level = levels()[placeOf(guid)] ?? -1;
      return level < 0 ? undefined : level;
    },
    commonAncestor: (one, other) => {
      const [left, right] = [placeOf(one), placeOf(other)];
      return left < 0 || right < 0 ? undefined : nodeAt(common()(left, right));
    },
    isActive: (guid) => active()[indexOf(guid)] === 1,
  };
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A shot and its ancestors, itself first, each once. */
function ancestry({ parents }: Links, start: number): ReadonlySet<number> {
  const seen = new Set<number>();
  for (let index = start; index >= 0 && !seen.has(index); index = parents[index] ?? -1)
    seen.add(index);
  return seen;
}

/** By place in the order of the forest; -1 where there is no base above. */
function levelsOf({ nodes }: Links, { order, parents }: Forest): Int32Array {
  const levels = new Int32Array(order.length).fill(-1);
  for (const [place, index] of order.entries()) {
    const node = nodes[index];
    const above = levels[parents[place] ?? -1] ?? -1;
    if (node !== undefined && isBase(node)) levels[place] = 0;
    else if (above >= 0) levels[place] = above + 1;
  }
  return levels;
}

function deadBranchesOf({ order, parents }: Forest, active: Uint8Array): Int32Array {
  const isActive = (index: number | undefined): boolean =>
    index === undefined || active[index] === 1;
  return order.filter((index, place) => !isActive(index) && isActive(order[parents[place] ?? -1]));
}
