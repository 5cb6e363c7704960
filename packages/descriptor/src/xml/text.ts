const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const REFERENCE = /&([^;]+);/g;

/**
 * The first text node that libxml2 makes of a run of character data, or `undefined` where it makes none. A
 * reference to a declared entity is a node of its own and is not expanded, so it ends the text: `root&e;tail` reads
 * `root`, and `&e;tail` reads `tail` (release 1.15).
 */
export function firstTextNode(raw: string): string | undefined {
  if (!raw.includes('&')) return raw.length === 0 ? undefined : raw;
  let text = '';
  let end = 0;
  for (const reference of raw.matchAll(REFERENCE)) {
    text += raw.slice(end, reference.index);
    end = reference.index + reference[0].length;
    const value = valueOf(reference[1] ?? '');
    if (value !== undefined) text += value;
    else if (text.length > 0) return text;
  }
  text += raw.slice(end);
  return text.length === 0 ? undefined : text;
}

function valueOf(name: string): string | undefined {
  if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
  if (name.startsWith('#')) return String.fromCodePoint(Number.parseInt(name.slice(1), 10));
  return PREDEFINED.get(name);
}
