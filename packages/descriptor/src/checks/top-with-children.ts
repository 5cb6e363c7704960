import type { Check } from './check.ts';

/** A top that other shots hang on: what is written to it changes them all. */
export const topWithChildren: Check = (_descriptor, graph, report) => {
  const { top } = graph;
  if (top === undefined) return;
  const children = graph.children(top.guid).filter((child) => child !== top).length;
  if (children > 0)
    report('TOP_WITH_CHILDREN', { guid: top.guid, children }, { shot: graph.nodes.indexOf(top) });
};
