import { isBase } from '../graph/node.ts';
import type { Check } from './check.ts';

/**
 * Shots that the top does not need: what a switch leaves behind. Normal, and worth knowing before a merge. Those that
 * hang on the top itself, or on nothing, are findings of their own.
 */
export const deadBranch: Check = (_descriptor, graph, report) => {
  const { top } = graph;
  if (top === undefined) return;
  const branches = new Set(graph.deadBranches);
  for (const [index, node] of graph.nodes.entries()) {
    const parent = isBase(node) ? undefined : graph.node(node.parentGuid);
    if (!branches.has(node) || parent === undefined || parent === top) continue;
    if (!graph.isActive(parent.guid)) continue;
    const shots = graph.descendants(node.guid).length + 1;
    report('DEAD_BRANCH', { guid: node.guid, shots }, { shot: index });
  }
};
