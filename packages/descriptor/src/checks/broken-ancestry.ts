import { isBase } from '../graph/node.ts';
import type { Check } from './check.ts';

/**
 * A parent that is no shot, and ancestors that form a cycle: the data of such a shot cannot be put together. The chain
 * of a volume may go on in another directory.
 */
export const brokenAncestry: Check = ({ volume, shots }, graph, report) => {
  const goesOn = volume?.parent !== undefined && !shots.some(({ foreign }) => foreign);
  const roots = new Set(graph.roots);
  for (const [index, node] of graph.nodes.entries()) {
    const { guid, parentGuid } = node;
    if (isBase(node) || !roots.has(node)) continue;
    if (graph.node(parentGuid) === undefined) {
      if (!goesOn) report('PARENT_UNKNOWN', { guid, parentGuid }, { shot: index });
    } else report('PARENT_CYCLE', { guid }, { shot: index });
  }
};
