import { XMLParser } from 'fast-xml-parser';

import { NIL_GUID } from '../guid.ts';
import { childrenOf, type XmlElement } from './element.ts';
import { XML_LIMITS } from './gate.ts';
import { neutralize } from './markup.ts';
import { PART_LENGTH, type Outline, type WideElement } from './outline.ts';
import { firstTextNode } from './text.ts';

/** No XML name starts with it: keeps element names off the keys of Object.prototype. */
const NAME = '=';
const TEXT = '#text';
const ATTRIBUTES = ':@';
const NAMESPACE = '@_xmlns:';

/** What the parser makes of a node: its name is the one key that is not the attributes. */
type RawNode = Readonly<Record<string, unknown>>;
/** The prefixes that an element declares, and where to look for the others. */
interface Prefixes {
  readonly own: ReadonlySet<string>;
  readonly outer?: Prefixes;
}

const METADATA = XMLParser.getMetaDataSymbol() as symbol;

const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreAttributes: false,
  commentPropName: '#comment',
  cdataPropName: '#cdata',
  maxNestedTags: XML_LIMITS.depth + 1,
  jPath: false,
  transformTagName: (name) => NAME + name,
});

/**
 * The element tree of a document that passed the gate. Large elements are read part by part as they are gone through, so
 * that memory does not grow with the document.
 *
 * @throws Error, also while going through it, where the two readers do not agree on what the document is.
 */
export function readTree(text: string, outline: Outline): XmlElement {
  const { start, end, wide } = outline;
  const source = { text, wide, texts: new Map<string, string>() };
  const [root] = readChildren(source, [start, end], undefined, { own: new Set(['xml']) });
  if (root === undefined) throw new Error('the reader found no element');
  return root;
}

interface Source {
  readonly text: string;
  readonly wide: Outline['wide'];
  /** GUIDs seen so far: each stands in two or three places, and one string for all is less memory and quicker to look up. */
  readonly texts: Map<string, string>;
}

/** Elements by their ranges, read in parts of bounded length. */
function* readChildren(
  source: Source,
  ranges: readonly number[],
  parent: XmlElement | undefined,
  prefixes: Prefixes,
): Generator<XmlElement, void> {
  for (let index = 0; index < ranges.length;) {
    const start = ranges[index] ?? 0;
    const large = source.wide.get(start);
    if (large !== undefined) {
      yield toWide(source, large, parent, prefixes);
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
    const nodes = parse(source.text.slice(start, end)).filter(isElement);
    if (nodes.length !== (index - first) / 2) throw new Error('the readers disagree');
    for (const node of nodes) yield toElement(source, node, start, parent, prefixes);
  }
}

function toWide(
  source: Source,
  { start, contentStart, children, end }: WideElement,
  parent: XmlElement | undefined,
  outer: Prefixes,
): XmlElement {
  const [node] = parse(source.text.slice(start, contentStart)).filter(isElement);
  if (node === undefined) throw new Error('the readers disagree');
  const prefixes = declaredPrefixes(node[ATTRIBUTES], outer);
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
      [Symbol.iterator]: () => readChildren(source, children, element, prefixes),
      first: (name) =>
        readFrom(source, children, element, prefixes, name).next().value ?? undefined,
      from: (name) => readFrom(source, children, element, prefixes, name),
      places: () => placesOf(source.text, children),
    },
  };
  return element;
}

/** Looks for the name in the text first: reading every child to find none would take long. */
function* readFrom(
  source: Source,
  ranges: readonly number[],
  parent: XmlElement,
  prefixes: Prefixes,
  name: string,
): Generator<XmlElement, void> {
  for (let index = 0; index < ranges.length; index += 2) {
    if (localNameAt(source.text, ranges[index] ?? 0) !== name) continue;
    const [found] = readChildren(source, ranges.slice(index, index + 2), parent, prefixes);
    // A prefix that is not declared makes another name of it.
    if (found?.name !== name) continue;
    yield* readChildren(source, ranges.slice(index), parent, prefixes);
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
    const [node] = parse(`<a>${gap}</a>`);
    const found = textOf((node?.[`${NAME}a`] ?? []) as readonly RawNode[]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toElement(
  source: Source,
  node: RawNode,
  base: number,
  parent: XmlElement | undefined,
  outer: Prefixes,
): XmlElement {
  const prefixes = declaredPrefixes(node[ATTRIBUTES], outer);
  const content = (node[keyOf(node)] ?? []) as readonly RawNode[];
  const below: XmlElement[] = [];
  const element: XmlElement = {
    name: localName(nameOf(node), prefixes),
    text: shared(source, textOf(content)),
    offset: base + rangeOf(node).startIndex,
    end: base + rangeOf(node).endIndex,
    parent,
    children: childrenOf(below),
  };
  for (const item of content)
    if (isElement(item)) below.push(toElement(source, item, base, element, prefixes));
  return element;
}

function shared({ texts }: Source, text: string | undefined): string | undefined {
  if (text?.length !== NIL_GUID.length) return text;
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}

function parse(text: string): readonly RawNode[] {
  return parser.parse(neutralize(text)) as readonly RawNode[];
}

function keyOf(node: RawNode): string {
  for (const key in node) if (key !== ATTRIBUTES) return key;
  return '';
}

function isElement(node: RawNode): boolean {
  return keyOf(node).startsWith(NAME);
}

/** The parser applies the transformation twice to a name whose tag closes itself. */
function nameOf(node: RawNode): string {
  return keyOf(node).replace(/^=+/, '');
}

function textOf(content: readonly RawNode[]): string | undefined {
  for (const { [TEXT]: raw } of content) {
    const text = typeof raw === 'string' ? firstTextNode(raw) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

interface Range {
  readonly startIndex: number;
  readonly endIndex: number;
}

function rangeOf(node: RawNode): Range {
  const metadata = (node as Readonly<Record<symbol, unknown>>)[METADATA];
  return (metadata as Range | undefined) ?? { startIndex: 0, endIndex: 0 };
}

function declaredPrefixes(attributes: unknown, outer: Prefixes): Prefixes {
  if (attributes === undefined) return outer;
  const declared = Object.entries(attributes as object).filter(
    ([name, uri]) => name.startsWith(NAMESPACE) && uri !== '',
  );
  if (declared.length === 0) return outer;
  return { own: new Set(declared.map(([name]) => name.slice(NAMESPACE.length))), outer };
}

function isDeclared(prefix: string, prefixes: Prefixes): boolean {
  for (let scope: Prefixes | undefined = prefixes; scope !== undefined; scope = scope.outer)
    if (scope.own.has(prefix)) return true;
  return false;
}

/** libxml2 keeps an undeclared prefix as part of the name, and says so in a namespace error that is not fatal. */
function localName(name: string, prefixes: Prefixes): string {
  if (!name.includes(':')) return name;
  const [prefix, local, ...rest] = name.split(':');
  const declared = local !== undefined && rest.length === 0 && isDeclared(prefix ?? '', prefixes);
  return declared ? local : name;
}
