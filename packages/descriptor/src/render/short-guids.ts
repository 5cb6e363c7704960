import { guidKey, type Guid } from '../guid.ts';

const DIGITS = 8;

/** A function that shortens GUIDs to their first eight digits, or keeps those that begin alike whole. */
export function shortGuids(all: readonly { readonly guid: Guid }[]): (guid: Guid) => string {
  const short = (guid: Guid): string => guid.slice(1, 1 + DIGITS);
  const owners = new Map<string, Set<string>>();
  for (const { guid } of all) {
    const key = guidKey(short(guid));
    owners.set(key, (owners.get(key) ?? new Set()).add(guidKey(guid)));
  }
  return (guid) => ((owners.get(guidKey(short(guid)))?.size ?? 0) > 1 ? guid : short(guid));
}
