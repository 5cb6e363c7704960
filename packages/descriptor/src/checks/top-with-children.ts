import { hasConstantAbove, type Check } from './check.ts';

/** A top that other shots hang on: what is written to it changes them all. */
export const topWithChildren: Check = ({ shots }, { links, top }, report) => {
  const shot = shots[top];
  if (shot === undefined) return;
  const children = links.children(top).filter((child) => child !== top).length;
  if (children === 0) return;
  const isAbove = hasConstantAbove(links, top);
  report(
    'TOP_WITH_CHILDREN',
    { guid: shot.guid, children, ...(isAbove && { constantAbove: true as const }) },
    { shot: top },
  );
};
