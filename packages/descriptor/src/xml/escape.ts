/**
 * Text as the tool's library writes it into an element: markup escaped, a carriage return and everything beyond ASCII
 * as a reference.
 */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]|[^\0-\x7f]/gu, (character) => {
    const named = NAMED.get(character);
    if (named !== undefined) return named;
    return `&#x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()};`;
  });
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\r', '&#13;'],
]);
