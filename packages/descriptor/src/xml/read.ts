import { XMLParser } from 'fast-xml-parser';

import { XML_LIMITS } from './limits.ts';
import { neutralize } from './markup.ts';
import { firstTextNode } from './text.ts';

/** No XML name starts with it: keeps element names off the keys of Object.prototype. */
const NAME = '=';
const TEXT = '#text';
const ATTRIBUTES = ':@';

/** What the parser makes of a node: its name is the one key that is not the attributes. */
export type RawNode = Readonly<Record<string, unknown>>;

/** Where an element is in the text that was read: its start tag begins, and its end tag ends. */
export interface Range {
  readonly startIndex: number;
  readonly endIndex: number;
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

/** The elements of well-formed text that may have several of them side by side. */
export function readElements(text: string): readonly RawNode[] {
  return elementsOf(parser.parse(neutralize(text)) as readonly RawNode[]);
}

/** The elements among the nodes in an element. */
export function elementsOf(content: readonly RawNode[]): readonly RawNode[] {
  return content.filter((node) => keyOf(node).startsWith(NAME));
}

/** What is in an element. */
export function contentOf(node: RawNode): readonly RawNode[] {
  return (node[keyOf(node)] ?? []) as readonly RawNode[];
}

/** The attributes of an element; the parser puts `@_` before their names. */
export function attributesOf(node: RawNode): unknown {
  return node[ATTRIBUTES];
}

/** The name as written. The parser applies the transformation twice to a name whose tag closes itself. */
export function nameOf(node: RawNode): string {
  return keyOf(node).replace(/^=+/, '');
}

/** The first text node in an element. */
export function textOf(content: readonly RawNode[]): string | undefined {
  for (const { [TEXT]: raw } of content) {
    const text = typeof raw === 'string' ? firstTextNode(raw) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

export function rangeOf(node: RawNode): Range {
  const metadata = (node as Readonly<Record<symbol, unknown>>)[METADATA];
  return (metadata as Range | undefined) ?? { startIndex: 0, endIndex: 0 };
}

function keyOf(node: RawNode): string {
  for (const key in node) if (key !== ATTRIBUTES) return key;
  return '';
}
