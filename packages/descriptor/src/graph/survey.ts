import { isBase, type SnapshotNode } from './node.ts';

/** How shots are linked, before anything is made of it. */
export interface Links {
  readonly nodes: readonly SnapshotNode[];
  readonly node: (guid: string) => SnapshotNode | undefined;
  readonly children: (guid: string) => readonly SnapshotNode[];
}

/** Every shot of a graph, damaged or not, as a forest. */
export interface Forest {
  /** Bases and shots without a known parent, then one shot of each cycle. */
  readonly roots: readonly SnapshotNode[];
  /** All shots, parents before their children, each followed by everything below it. */
  readonly order: readonly SnapshotNode[];
  /** Place of a shot in `order`. */
  readonly indexOf: (node: SnapshotNode) => number;
  /** Children within the forest: every shot is a root or the child of exactly one shot. */
  readonly children: (node: SnapshotNode) => readonly SnapshotNode[];
  /** By place in `order`: the place of the parent, -1 for a root. */
  readonly parents: Int32Array;
  /** By place in `order`: how many shots there are at and below one. */
  readonly sizes: Int32Array;
}

/** Arranges all shots as a forest, in time proportional to their number; cycles are cut at their first shot. */
export function surveyForest(links: Links): Forest {
  const { nodes } = links;
  const roots: SnapshotNode[] = [];
  const order: SnapshotNode[] = [];
  const index = new Map<SnapshotNode, number>();
  const children = new Map<SnapshotNode, readonly SnapshotNode[]>();
  const parents = new Int32Array(nodes.length).fill(-1);
  const claimed = new Set<SnapshotNode>();

  const reach = (root: SnapshotNode): void => {
    if (claimed.has(root)) return;
    claimed.add(root);
    roots.push(root);
    const stack: [SnapshotNode, number][] = [[root, -1]];
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      const [node, parent] = entry;
      const place = order.push(node) - 1;
      index.set(node, place);
      parents[place] = parent;
      const below = childrenOf(links, node).filter(
        (child) => !claimed.has(child) && !isBase(child),
      );
      if (below.length === 0) continue;
      children.set(node, below);
      for (const child of below) claimed.add(child);
      for (const child of below.toReversed()) stack.push([child, place]);
    }
  };
  for (const node of nodes)
    if (isBase(node) || links.node(node.parentGuid) === undefined) reach(node);
  nodes.forEach(reach);

  return {
    roots,
    order,
    indexOf: (node) => index.get(node) ?? -1,
    children: (node) => children.get(node) ?? [],
    parents,
    sizes: sizesOf(parents),
  };
}

/** Of two shots with the same GUID the second has no children. */
function childrenOf(links: Links, node: SnapshotNode): readonly SnapshotNode[] {
  return links.node(node.guid) === node ? links.children(node.guid) : [];
}

/** Every shot stands behind its parent. */
function sizesOf(parents: Int32Array): Int32Array {
  const sizes = new Int32Array(parents.length).fill(1);
  for (let place = parents.length - 1; place >= 0; place -= 1) {
    const parent = parents[place] ?? -1;
    if (parent >= 0) sizes[parent] = (sizes[parent] ?? 0) + (sizes[place] ?? 0);
  }
  return sizes;
}
