import type { Check } from './check.ts';

/**
 * Temporary shots that nothing can merge away yet. Releases up to 1.15 take no snapshot, exit code 1 and no word, as
 * long as there is one.
 */
export const temporary: Check = ({ shots }, { links }, report) => {
  for (const [index, { guid, temporary: isTemporary }] of shots.entries()) {
    if (!isTemporary) continue;
    const children = links.children(links.firsts[index] ?? index).length;
    if (children > 1) report('TEMPORARY_STUCK', { guid, children }, { shot: index });
  }
};
