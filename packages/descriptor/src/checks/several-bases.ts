import { isBase } from '../graph/node.ts';
import type { Check } from './check.ts';

/** A second base: the tool follows chains from any, but takes the first in some places for the only one. */
export const severalBases: Check = ({ shots }, _survey, report) => {
  let first: string | undefined;
  for (const [index, shot] of shots.entries()) {
    if (!isBase(shot)) continue;
    if (first === undefined) first = shot.guid;
    else report('SEVERAL_BASES', { guid: shot.guid, first }, { shot: index });
  }
};
