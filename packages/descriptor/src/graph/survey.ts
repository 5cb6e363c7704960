import type { Links } from './links.ts';

/** Every shot of a graph, damaged or not, as a forest. Shots are identified by their number in file order. */
export interface Forest {
  /** Bases and shots without a known parent, then one shot of each cycle. */
  readonly roots: readonly number[];
  /** All shots, parents before their children, each followed by everything below it. */
  readonly order: Int32Array;
  /** By shot: its place in `order`. */
  readonly places: Int32Array;
  /** By place in `order`: the place of the parent, -1 for a root. */
  readonly parents: Int32Array;
  /** By place in `order`: how many shots there are at and below one. */
  readonly sizes: Int32Array;
  /** Children within the forest: every shot is a root or the child of exactly one shot. */
  readonly children: (index: number) => readonly number[];
}

/** Arranges all shots as a forest, in time proportional to their number; cycles are cut at their first shot. */
export function surveyForest({ parents: above, children: below }: Links): Forest {
  const count = above.length;
  const roots: number[] = [];
  const order = new Int32Array(count);
  const places = new Int32Array(count).fill(-1);
  const parents = new Int32Array(count).fill(-1);
  let reached = 0;

  const reach = (root: number): void => {
    roots.push(root);
    const stack = [root];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      order[reached] = index;
      places[index] = reached;
      if (index !== root) parents[reached] = places[above[index] ?? -1] ?? -1;
      reached += 1;
      const children = below(index);
      for (let place = children.length - 1; place >= 0; place -= 1) {
        const child = children[place] ?? -1;
        // The root of a cycle hangs below itself.
        if (child !== root) stack.push(child);
      }
    }
  };
  for (let index = 0; index < count; index += 1) if (above[index] === -1) reach(index);
  // What is left hangs below cycles.
  for (let index = 0; index < count; index += 1)
    if (places[index] === -1) reach(firstOfCycle(above, index));

  return {
    roots,
    order,
    places,
    parents,
    sizes: sizesOf(parents),
    children: (index) =>
      Array.from(below(index)).filter((child) => parents[places[child] ?? -1] === places[index]),
  };
}

/** The first shot, in file order, of the cycle that the ancestors of a shot end in. */
function firstOfCycle(above: Int32Array, start: number): number {
  const seen = new Set<number>();
  let current = start;
  for (; !seen.has(current); current = above[current] ?? start) seen.add(current);
  let first = current;
  for (let next = above[current] ?? current; next !== current; next = above[next] ?? current)
    first = Math.min(first, next);
  return first;
}

/** Every shot stands after its parent. */
function sizesOf(parents: Int32Array): Int32Array {
  const sizes = new Int32Array(parents.length).fill(1);
  for (let place = parents.length - 1; place >= 0; place -= 1) {
    const parent = parents[place] ?? -1;
    if (parent >= 0) sizes[parent] = (sizes[parent] ?? 0) + (sizes[place] ?? 0);
  }
  return sizes;
}
