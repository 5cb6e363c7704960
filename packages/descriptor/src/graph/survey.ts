import { isBase, type SnapshotGraph, type SnapshotNode } from './build.ts';

/** Every shot of a graph, damaged or not, as a forest. */
export interface Forest {
  /** Bases and shots without a known parent, then one shot of each cycle. */
  readonly roots: readonly SnapshotNode[];
  /** Children within the forest: every shot is a root or the child of exactly one shot. */
  readonly children: (node: SnapshotNode) => readonly SnapshotNode[];
  /** How many shots there are at and below one. */
  readonly size: (node: SnapshotNode) => number;
}

/** Arranges all shots as a forest, in time proportional to their number; cycles are cut at their first shot. */
export function surveyForest(graph: SnapshotGraph): Forest {
  const roots: SnapshotNode[] = [];
  const children = new Map<SnapshotNode, SnapshotNode[]>();
  const parents = new Map<SnapshotNode, SnapshotNode | undefined>();
  const reach = (root: SnapshotNode): void => {
    if (parents.has(root)) return;
    roots.push(root);
    parents.set(root, undefined);
    const queue = [root];
    for (const node of queue) {
      const fresh = childrenOf(graph, node).filter((child) => !parents.has(child));
      children.set(node, fresh);
      for (const child of fresh) {
        parents.set(child, node);
        queue.push(child);
      }
    }
  };
  for (const node of graph.nodes)
    if (isBase(node) || graph.node(node.parentGuid) === undefined) reach(node);
  graph.nodes.forEach(reach);

  const sizes = sizesOf(parents);
  return {
    roots,
    children: (node) => children.get(node) ?? [],
    size: (node) => sizes.get(node) ?? 0,
  };
}

/** Of two shots with the same GUID the second has no children. */
function childrenOf(graph: SnapshotGraph, node: SnapshotNode): readonly SnapshotNode[] {
  return graph.node(node.guid) === node ? graph.children(node.guid) : [];
}

/** `parents` lists every shot after its parent. */
function sizesOf(
  parents: ReadonlyMap<SnapshotNode, SnapshotNode | undefined>,
): ReadonlyMap<SnapshotNode, number> {
  const sizes = new Map<SnapshotNode, number>();
  for (const [node, parent] of [...parents].reverse()) {
    const own = (sizes.get(node) ?? 0) + 1;
    sizes.set(node, own);
    if (parent !== undefined) sizes.set(parent, (sizes.get(parent) ?? 0) + own);
  }
  return sizes;
}
