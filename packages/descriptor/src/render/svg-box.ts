import type { LabelledShot } from './label.ts';

/** Pixels of a line of text, of a column of the monospaced font, and around the text of a box. */
const LINE = 17;
const COLUMN = 7.25;
const PADDING = 11;

/** Room for the line around a box. */
const EDGE = 2;

/** Room for a whole GUID; longer names lose their middle. */
const MOST_COLUMNS = 40;

/** A shot as a box of text. */
export interface Box {
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

/** The box of a shot: what its label says, shortened to what can be read at a glance. */
export function boxOf({ short, file, notes }: LabelledShot): Box {
  const lines = [short, file, ...(notes.length === 0 ? [] : [notes.join(', ')])].map(shorten);
  const columns = lines.reduce((most, line) => Math.max(most, columnsOf(line)), 0);
  return {
    lines,
    width: Math.ceil(columns * COLUMN) + 2 * PADDING,
    height: lines.length * LINE + PADDING,
  };
}

/** The markup of a shot. It is a picture of its own, so that nothing is drawn outside of the box. */
export function drawBox(
  { title, states }: LabelledShot,
  { lines, width, height }: Box,
  { x, y }: { readonly x: string; readonly y: string },
): string {
  const look = ['shot', ...states].join(' ');
  const frame = `width="${String(width - 2 * EDGE)}" height="${String(height - 2 * EDGE)}"`;
  const text = lines.map(
    (line, index) =>
      `<text x="${String(PADDING)}" y="${String((index + 1) * LINE)}">${escapeXml(line)}</text>`,
  );
  return (
    `<svg class="${look}" x="${x}" y="${y}" width="${String(width)}" height="${String(height)}">` +
    `<title>${escapeXml(title)}</title>` +
    `<rect x="${String(EDGE)}" y="${String(EDGE)}" ${frame} rx="6"/>${text.join('')}</svg>`
  );
}

/** A text without its middle, where it is too long. */
function shorten(text: string): string {
  if (columnsOf(text) <= MOST_COLUMNS) return text;
  const characters = Array.from(text);
  const half = (MOST_COLUMNS - 1) / 2;
  return `${prefix(characters, half).join('')}…${prefix(characters.reverse(), half).reverse().join('')}`;
}

function prefix(characters: readonly string[], most: number): string[] {
  let columns = 0;
  const end = characters.findIndex((character) => (columns += columnsOf(character)) > most);
  return characters.slice(0, end);
}

/** No font is measured here: what is beyond the Latin letters counts double. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) ?? 0) < 0x250 ? 1 : 2;
  return columns;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Printable text as the content of an element or the value of an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
