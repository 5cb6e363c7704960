import type { Check } from './check.ts';

/** Images that the chain of the top can have at most, in every release. */
const MOST_IMAGES = 127;
/** From here on it is worth knowing. */
const FEW = 10;

/** How many more snapshots can be taken; side branches do not count. */
export const snapshotLimit: Check = (_descriptor, graph, report) => {
  const { top } = graph;
  if (top === undefined) return;
  const left = MOST_IMAGES - graph.chain(top.guid).length;
  if (left <= FEW)
    report('SNAPSHOTS_LEFT', { left: Math.max(0, left) }, { shot: graph.nodes.indexOf(top) });
};
