import { XMLParser } from 'fast-xml-parser';

import type { XmlElement } from './element.ts';
import { XML_LIMITS } from './gate.ts';
import { neutralize } from './markup.ts';
import { firstTextNode } from './text.ts';

/** No XML name starts with it: keeps element names off the keys of Object.prototype. */
const NAME = '=';
const TEXT = '#text';
const ATTRIBUTES = ':@';
const NAMESPACE = '@_xmlns:';

/** What the parser makes of a node: its name is the one key that is not the attributes. */
type RawNode = Readonly<Record<string, unknown>>;

const METADATA = XMLParser.getMetaDataSymbol() as symbol;

/**
 * The element tree of a document that passed the gate.
 *
 * @throws Error where the two readers do not agree on what the document is.
 */
export function readTree(text: string): XmlElement {
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
    transformTagName: (name) => NAME + name,
  });
  const nodes = parser.parse(neutralize(text)) as readonly RawNode[];
  const root = nodes.find((node) => nameOf(node).startsWith(NAME));
  if (root === undefined) throw new Error('the reader found no element');
  return toElement(root, undefined, new Set(['xml']));
}

function nameOf(node: RawNode): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
}

function toElement(
  node: RawNode,
  parent: XmlElement | undefined,
  outer: ReadonlySet<string>,
): XmlElement {
  const key = nameOf(node);
  const prefixes = declaredPrefixes(node[ATTRIBUTES], outer);
  const content = (node[key] ?? []) as readonly RawNode[];
  const children: XmlElement[] = [];
  const element: XmlElement = {
    name: localName(key.replace(/^=+/, ''), prefixes),
    text: textOf(content),
    offset: offsetOf(node),
    parent,
    children,
  };
  for (const item of content)
    if (nameOf(item).startsWith(NAME)) children.push(toElement(item, element, prefixes));
  return element;
}

function textOf(content: readonly RawNode[]): string | undefined {
  for (const { [TEXT]: raw } of content) {
    const text = typeof raw === 'string' ? firstTextNode(raw) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

function offsetOf(node: RawNode): number {
  const metadata = (node as Readonly<Record<symbol, unknown>>)[METADATA];
  return (metadata as { readonly startIndex: number } | undefined)?.startIndex ?? 0;
}

function declaredPrefixes(attributes: unknown, outer: ReadonlySet<string>): ReadonlySet<string> {
  const declared = Object.entries(attributes ?? {}).filter(
    ([name, uri]) => name.startsWith(NAMESPACE) && uri !== '',
  );
  if (declared.length === 0) return outer;
  return new Set([...outer, ...declared.map(([name]) => name.slice(NAMESPACE.length))]);
}

/** libxml2 keeps an undeclared prefix as part of the name, and says so in a namespace error that is not fatal. */
function localName(name: string, prefixes: ReadonlySet<string>): string {
  const [prefix, local, ...rest] = name.split(':');
  const declared = local !== undefined && rest.length === 0 && prefixes.has(prefix ?? '');
  return declared ? local : name;
}
