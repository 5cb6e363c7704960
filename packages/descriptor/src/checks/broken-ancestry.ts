import { isBase } from '../graph/node.ts';
import type { Check } from './check.ts';

/** A parent that is no shot, and ancestors that form a cycle: the data of such a shot cannot be put together. */
export const brokenAncestry: Check = (_descriptor, graph, report) => {
  const roots = new Set(graph.roots);
  for (const [index, node] of graph.nodes.entries()) {
    const { guid, parentGuid } = node;
    if (isBase(node) || !roots.has(node)) continue;
    if (graph.node(parentGuid) === undefined)
      report('PARENT_UNKNOWN', { guid, parentGuid }, { shot: index });
    else report('PARENT_CYCLE', { guid }, { shot: index });
  }
};
