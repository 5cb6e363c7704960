/** Markup that runs to a fixed mark, whatever stands in between. */
const ENCLOSED: readonly (readonly [open: string, close: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
];

/** Where the comment, CDATA section or processing instruction that starts at `start` ends, if one does. */
function endOfEnclosed(text: string, start: number): number | undefined {
  const enclosed = ENCLOSED.find(([open]) => text.startsWith(open, start));
  return enclosed && after(text, enclosed[1], start + enclosed[0].length);
}

function after(text: string, mark: string, from: number): number {
  const index = text.indexOf(mark, from);
  return index === -1 ? text.length : index + mark.length;
}

/**
 * The same document, as long as before, with processing instructions emptied and the DTD blanked: the tree reader
 * looks for quotes inside the former and for entities in the latter, and neither is content. Takes well-formed text.
 */
export function neutralize(text: string): string {
  if (!text.includes('<?', 2) && !text.includes('<!D')) return text;
  let clean = '';
  let copied = 0;
  const replace = (start: number, end: number, substitute: string): void => {
    clean += text.slice(copied, start) + substitute;
    copied = end;
  };
  for (let start = text.indexOf('<'); start !== -1;) {
    const end = endOfMarkup(text, start);
    if (text.startsWith('<?', start))
      replace(start, end, `<?a${' '.repeat(Math.max(0, end - start - 5))}?>`);
    else if (text.startsWith('<!D', start)) replace(start, end, ' '.repeat(end - start));
    start = text.indexOf('<', end);
  }
  return clean + text.slice(copied);
}

/** Where the tag, comment, section or declaration that starts at `start` ends. */
export function endOfMarkup(text: string, start: number): number {
  const enclosed = endOfEnclosed(text, start);
  if (enclosed !== undefined) return enclosed;
  let inSubset = false;
  for (let index = start + 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"' || character === "'") index = after(text, character, index + 1) - 1;
    // Comments and instructions of a DTD may hold lone quotes; its other declarations are walked through.
    else if (character === '<') index = (endOfEnclosed(text, index) ?? index + 1) - 1;
    else if (character === '[') inSubset = true;
    else if (character === ']') inSubset = false;
    else if (character === '>' && !inSubset) return index + 1;
  }
  return text.length;
}

/** Offset after `<!DOCTYPE`. Takes a text with nothing but comments, instructions and blanks before it. */
export function doctypeStart(text: string): number {
  const mark = '<!DOCTYPE';
  let start = text.indexOf('<');
  while (start !== -1 && !text.startsWith(mark, start))
    start = text.indexOf('<', endOfMarkup(text, start));
  return start + mark.length;
}

const REFERENCE = /&(?:#[0-9]+|#x[0-9a-fA-F]+|[^\s&;<>"'#]+);/y;

function endOfOpaque(text: string, start: number): number | undefined {
  return text.startsWith('<!D', start) ? endOfMarkup(text, start) : endOfEnclosed(text, start);
}

/** Offset of the first `&` that begins no reference, or `undefined`. Takes any text. */
export function bareAmpersand(text: string): number | undefined {
  const special = /[<&]/g;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    REFERENCE.lastIndex = match.index;
    if (match[0] === '<') special.lastIndex = endOfOpaque(text, match.index) ?? special.lastIndex;
    else if (!REFERENCE.test(text)) return match.index;
  }
  return undefined;
}
