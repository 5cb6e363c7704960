import type { XmlElement } from '../xml/element.ts';
import { escapeText } from '../xml/escape.ts';
import { endOfMarkup } from '../xml/markup.ts';
import type { Splice } from './splice.ts';

/** An element as text: `<name>value</name>`. */
export function leaf(name: string, value: string): string {
  return `<${name}>${escapeText(value)}</${name}>`;
}

/** Gives an element another text; comments, attributes and whatever stands beside the text stay. */
export function setText(text: string, element: XmlElement, value: string): Splice {
  const { offset, end } = element;
  const contentStart = endOfMarkup(text, offset);
  const escaped = escapeText(value);
  if (contentStart === end)
    return {
      start: text.lastIndexOf('/', end - 1),
      end,
      text: `>${escaped}</${rawName(text, element)}>`,
    };
  const contentEnd = text.lastIndexOf('</', end - 1);
  return { ...textRun(text, element, contentStart, contentEnd), text: escaped };
}

/** Where the first text of an element is; after everything without one. */
function textRun(
  text: string,
  { children }: XmlElement,
  contentStart: number,
  contentEnd: number,
): { readonly start: number; readonly end: number } {
  const ends = new Map(Array.from(children, (child) => [child.offset, child.end]));
  let at = contentStart;
  while (at < contentEnd && text[at] === '<') at = ends.get(at) ?? endOfMarkup(text, at);
  const next = text.indexOf('<', at);
  return { start: at, end: next === -1 || next > contentEnd ? contentEnd : next };
}

/** Takes an element out, and the white space before it. */
export function removeElement(text: string, { offset, end }: XmlElement): Splice {
  return { start: offset - spaceBefore(text, offset).length, end, text: '' };
}

/** Puts something after an element, on a line of its own if the element has one. */
export function insertAfter(text: string, sibling: XmlElement, xml: string): Splice {
  return { start: sibling.end, end: sibling.end, text: spaceFor(text, sibling) + xml };
}

/** Puts something before everything else in an element. */
export function insertFirst(text: string, parent: XmlElement, xml: string): Splice {
  const contentStart = endOfMarkup(text, parent.offset);
  if (contentStart === parent.end) {
    const name = rawName(text, parent);
    return {
      start: text.lastIndexOf('/', parent.end - 1),
      end: parent.end,
      text: `>${xml}</${name}>`,
    };
  }
  const [first] = parent.children;
  const space = first === undefined ? '' : spaceFor(text, first);
  return { start: contentStart, end: contentStart, text: space + xml };
}

/** The name as written, prefix included. */
function rawName(text: string, { offset }: XmlElement): string {
  return /^<([^\s/>]+)/.exec(text.slice(offset, offset + 1024))?.[1] ?? '';
}

/** The name that a new element gets beside one that may have a prefix. */
export function nameBeside(text: string, sibling: XmlElement, name: string): string {
  const prefix = /^.*:/.exec(rawName(text, sibling))?.[0] ?? '';
  return prefix + name;
}

/** A document indented by more is hostile: each new element would repeat the space. */
const WIDEST_INDENTATION = 200;

/** The white space for a new element that is to be indented like another one. */
export function spaceFor(text: string, { offset }: Pick<XmlElement, 'offset'>): string {
  return spaceBefore(text, offset).slice(-WIDEST_INDENTATION);
}

/** The white space that stands before an offset. */
export function spaceBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && /\s/.test(text[start - 1] ?? '')) start -= 1;
  return text.slice(start, offset);
}
