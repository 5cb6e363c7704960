import { isBase } from '../graph/node.ts';
import type { Check } from './check.ts';

/**
 * A parent that is not a shot, and ancestors that form a cycle: the data of such a shot cannot be put together. The chain
 * of a volume may go on in another directory.
 */
export const brokenAncestry: Check = ({ volume, shots }, { forest, links }, report) => {
  const goesOn = volume?.parent !== undefined && !shots.some(({ foreign }) => foreign);
  for (const index of forest().roots.toSorted((one, other) => one - other)) {
    const shot = shots[index];
    if (shot === undefined || isBase(shot)) continue;
    const { guid, parentGuid } = shot;
    if (links.parents[index] === -1) {
      if (!goesOn) report('PARENT_UNKNOWN', { guid, parentGuid }, { shot: index });
    } else report('PARENT_CYCLE', { guid }, { shot: index });
  }
};
