import type { Check } from './check.ts';

/**
 * Temporary shots that nothing can merge away yet. Releases up to 1.15 take no snapshot, exit code 1 and no word, as
 * long as there is one.
 */
export const temporary: Check = (_descriptor, graph, report) => {
  for (const [index, { guid, temporary: isTemporary }] of graph.nodes.entries()) {
    const children = graph.children(guid).length;
    if (isTemporary && children > 1) report('TEMPORARY_STUCK', { guid, children }, { shot: index });
  }
};
