import type { Check } from './check.ts';

/**
 * Shots that the top does not need: what a switch leaves behind. Normal, and worth knowing before a merge. Those that
 * hang on the top itself, or on nothing, are findings of their own.
 */
export const deadBranch: Check = ({ shots }, { links, top, forest, active }, report) => {
  if (top < 0) return;
  const isActive = active();
  for (const [index, parent] of links.parents.entries()) {
    if (isActive[index] === 1 || parent === top || isActive[parent] !== 1) continue;
    const { places, sizes } = forest();
    report(
      'DEAD_BRANCH',
      { guid: shots[index]?.guid ?? '', shots: sizes[places[index] ?? -1] ?? 1 },
      { shot: index },
    );
  }
};
