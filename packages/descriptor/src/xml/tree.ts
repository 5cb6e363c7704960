import { NIL_GUID } from '../guid.ts';
import { childrenOf, type XmlElement } from './element.ts';
import { PART_LENGTH, type Outline, type WideElement } from './outline.ts';
import { declaredPrefixes, localName, outermostPrefixes, type Prefixes } from './prefixes.ts';
import {
  attributesOf,
  contentOf,
  elementsOf,
  nameOf,
  rangeOf,
  readElements,
  textOf,
  type RawNode,
} from './read.ts';
import { createShapes, isPlain, type Shapes } from './shapes.ts';

/**
 * The element tree of a document that passed the gate. Large elements are read part by part as they are gone through, so
 * that memory does not grow with the document.
 *
 * @throws Error, also while going through it, where the two readers do not agree on what the document is.
 */
export function readTree(text: string, outline: Outline): XmlElement {
  const { start, end, wide } = outline;
  const texts = new Map<string, string>();
  const source = { text, wide, share: (own: string) => share(texts, own) };
  const scope = scopeOf(undefined, outermostPrefixes(outline.prefixes));
  const [root] = readChildren(source, [start, end], scope);
  if (root === undefined) throw new Error('the reader found no element');
  return root;
}

interface Source {
  readonly text: string;
  readonly wide: Outline['wide'];
  /** One string for all texts of one GUID: each stands in two or three places, and one string is quicker to look up. */
  readonly share: (text: string) => string;
}

/** What the children of one element have in common. */
interface Scope {
  readonly parent: XmlElement | undefined;
  readonly prefixes: Prefixes;
  readonly shapes: Shapes;
}

function scopeOf(parent: XmlElement | undefined, prefixes: Prefixes): Scope {
  const shapes = createShapes((markup) => {
    const [node] = readElements(markup);
    return node && toElement((text) => text, node, 0, { parent: undefined, prefixes });
  });
  return { parent, prefixes, shapes };
}

/** Elements by their ranges, read in parts of bounded length. */
function* readChildren(
  source: Source,
  ranges: readonly number[],
  scope: Scope,
): Generator<XmlElement, void> {
  for (let index = 0; index < ranges.length;) {
    const start = ranges[index] ?? 0;
    const large = source.wide.get(start);
    if (large !== undefined) {
      yield toWide(source, large, scope);
      index += 2;
      continue;
    }
    const first = index;
    let end = start;
    do {
      end = ranges[index + 1] ?? end;
      index += 2;
    } while (
      index < ranges.length &&
      (ranges[index + 1] ?? 0) - start <= PART_LENGTH &&
      !source.wide.has(ranges[index] ?? 0)
    );
    const part = source.text.slice(start, end);
    if (index - first > 2 && isPlain(part)) yield* readAlike(source, ranges, first, index, scope);
    else yield* readPart(source, part, start, (index - first) / 2, scope);
  }
}

function* readPart(
  { share }: Source,
  part: string,
  start: number,
  count: number,
  scope: Scope,
): Generator<XmlElement, void> {
  const nodes = readElements(part);
  if (nodes.length !== count) throw new Error('the readers disagree');
  for (const node of nodes) yield toElement(share, node, start, scope);
}

/** Elements of plain markup, most of which look like another one. */
function* readAlike(
  { text, share }: Source,
  ranges: readonly number[],
  first: number,
  behind: number,
  { parent, shapes }: Scope,
): Generator<XmlElement, void> {
  for (let index = first; index < behind; index += 2) {
    const start = ranges[index] ?? 0;
    yield shapes.element(text.slice(start, ranges[index + 1]), start, parent, share);
  }
}

function toWide(
  source: Source,
  { start, contentStart, children, end }: WideElement,
  { parent, prefixes: outer }: Scope,
): XmlElement {
  const [node] = readElements(source.text.slice(start, contentStart));
  if (node === undefined) throw new Error('the readers disagree');
  const prefixes = declaredPrefixes(nameOf(node), attributesOf(node), outer);
  const element: XmlElement = {
    name: localName(nameOf(node), prefixes),
    get text() {
      const contentEnd = source.text.lastIndexOf('</', end - 1);
      return textBetween(source.text, [contentStart, ...children, contentEnd]);
    },
    offset: start,
    end,
    parent,
    children: {
      [Symbol.iterator]: () => readChildren(source, children, scope),
      first: (name) => readFrom(source, children, scope, name).next().value ?? undefined,
      from: (name) => readFrom(source, children, scope, name),
      places: () => placesOf(source.text, children),
    },
  };
  const scope = scopeOf(element, prefixes);
  return element;
}

/** Looks for the name in the text first: reading every child to find none would take long. */
function* readFrom(
  source: Source,
  ranges: readonly number[],
  scope: Scope,
  name: string,
): Generator<XmlElement, void> {
  for (let index = 0; index < ranges.length; index += 2) {
    if (localNameAt(source.text, ranges[index] ?? 0) !== name) continue;
    const [found] = readChildren(source, ranges.slice(index, index + 2), scope);
    // A prefix that is not declared makes another name of it.
    if (found?.name !== name) continue;
    yield* readChildren(source, ranges.slice(index), scope);
    return;
  }
}

function* placesOf(
  text: string,
  ranges: readonly number[],
): Generator<{ readonly name: string; readonly offset: number }, void> {
  for (let index = 0; index < ranges.length; index += 2) {
    const offset = ranges[index] ?? 0;
    yield { name: localNameAt(text, offset), offset };
  }
}

const TAG_NAME = /<(?:[^\s:/>]*:)?([^\s/>]+)/y;

function localNameAt(text: string, start: number): string {
  TAG_NAME.lastIndex = start;
  return TAG_NAME.exec(text)?.[1] ?? '';
}

/** The first text node of a large element: `gaps` are where its child elements are not. */
function textBetween(text: string, gaps: readonly number[]): string | undefined {
  for (let index = 0; index + 1 < gaps.length; index += 2) {
    const gap = text.slice(gaps[index], gaps[index + 1]);
    const [node] = readElements(`<a>${gap}</a>`);
    const found = node && textOf(contentOf(node));
    if (found !== undefined) return found;
  }
  return undefined;
}

function toElement(
  shared: (text: string) => string,
  node: RawNode,
  base: number,
  { parent, prefixes: outer }: Pick<Scope, 'parent' | 'prefixes'>,
): XmlElement {
  const prefixes = declaredPrefixes(nameOf(node), attributesOf(node), outer);
  const content = contentOf(node);
  const { startIndex, endIndex } = rangeOf(node);
  const text = textOf(content);
  const below: XmlElement[] = [];
  const element: XmlElement = {
    name: localName(nameOf(node), prefixes),
    text: text === undefined ? undefined : shared(text),
    offset: base + startIndex,
    end: base + endIndex,
    parent,
    children: childrenOf(below),
  };
  for (const item of elementsOf(content))
    below.push(toElement(shared, item, base, { parent: element, prefixes }));
  return element;
}

function share(texts: Map<string, string>, text: string): string {
  if (text.length !== NIL_GUID.length) return text;
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}
