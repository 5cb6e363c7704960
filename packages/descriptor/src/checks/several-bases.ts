import { isBase } from '../graph/node.ts';
import type { Check } from './check.ts';

/** A second base: the tool follows chains from any, but takes the first in some places for the only one. */
export const severalBases: Check = (_descriptor, { nodes }, report) => {
  let first: string | undefined;
  for (const [index, node] of nodes.entries()) {
    if (!isBase(node)) continue;
    if (first === undefined) first = node.guid;
    else report('SEVERAL_BASES', { guid: node.guid, first }, { shot: index });
  }
};
