import { DTD, match } from './dtd-patterns.ts';

/** libxml2's limit on groups within groups. */
const DEEPEST_GROUP = 128;

/** Behind a group of elements; within one, the separator is always the same. */
export function endOfGroup(text: string, start: number): number | undefined {
  const separators: string[] = [];
  let at = start;
  for (;;) {
    for (let next = match(DTD.groupStart, text, at); next; next = match(DTD.groupStart, text, at)) {
      if (separators.push('') > DEEPEST_GROUP) return undefined;
      at = next.end;
    }
    const particle = match(DTD.particle, text, at);
    if (particle === undefined || separators.length === 0) return undefined;
    at = particle.end;
    for (let next = match(DTD.groupEnd, text, at); next; next = match(DTD.groupEnd, text, at)) {
      separators.pop();
      at = next.end;
      if (separators.length === 0) return at;
    }
    const separator = /^[,|]/.exec(text.slice(at, at + 1))?.[0];
    const known = separators.pop();
    if (separator === undefined || (known !== '' && known !== separator)) return undefined;
    separators.push(separator);
    at += 1;
  }
}
