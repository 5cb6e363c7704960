import { endOfGroup } from './dtd-group.ts';
import { characterOf, DTD, match, NO_CHARACTER } from './dtd-patterns.ts';
import { createEntities, type Entities } from './entities.ts';

/** What a document type declaration declares, as far as the rest depends on it. */
export interface Doctype {
  readonly entities: Entities;
  /** Prefixes that elements have by default, by the name of the element as written. */
  readonly prefixes: ReadonlyMap<string, readonly string[]>;
}

/** What has been declared so far. */
interface State extends Doctype {
  readonly prefixes: Map<string, string[]>;
  /** Parameter entities; the content of an external one is not known. */
  readonly parameters: Map<string, string | undefined>;
  /** The document says that it stands alone, so that nothing can be declared elsewhere. */
  readonly standalone: boolean;
  expanded: number;
}

/** Declarations and where they come from. */
interface Subset {
  readonly text: string;
  /** The parameter entities that are being put in. */
  readonly open: readonly string[];
}

/** Parameter entities are put in where they are referred to: no more than this in all. */
const MOST_EXPANDED = 1_000_000;

/**
 * Reads what stands between `<!DOCTYPE` and its `>`, as libxml2 2.9 does without loading anything; gives the offset of
 * what is malformed. An entity that is declared twice is what it was first. Declarations that a parameter entity cuts in
 * two are malformed, as is a reference to one inside a declaration. libxml2 also refuses a parameter entity of a single
 * declaration that is referred to twice in a row, by what looks like a slip: such a document passes here.
 */
export function parseDoctype(doctype: string, standalone: boolean): Doctype | number {
  const bad = NO_CHARACTER.exec(doctype);
  if (bad !== null) return bad.index;
  const state: State = {
    entities: createEntities(),
    prefixes: new Map(),
    parameters: new Map(),
    standalone,
    expanded: 0,
  };
  const head = match(DTD.head, doctype, 0);
  if (head === undefined) return 0;
  if (head.groups.some((identifier) => identifier !== undefined)) allowUndeclared(state);
  let { end } = head;
  if (doctype[end] === '[') {
    end = readDeclarations(state, { text: doctype, open: [] }, end + 1);
    if (doctype[end] !== ']') return end;
    end = match(DTD.blank, doctype, end + 1)?.end ?? end + 1;
  }
  return end === doctype.length ? state : end;
}

const MOST_EXTERNAL = 5;
const EXTERNAL = /\b(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s+(?:"([^"]*)"|'([^']*)')/g;

/** The files and addresses that a well-formed declaration refers to, the first five. */
export function externalIn(doctype: string): readonly string[] {
  const found = new Set<string>();
  for (const [, double, single] of doctype.matchAll(EXTERNAL)) {
    found.add(double ?? single ?? '');
    if (found.size === MOST_EXTERNAL) break;
  }
  return [...found];
}

function allowUndeclared({ entities, standalone }: State): void {
  if (!standalone) entities.allowUndeclared();
}

/** Gives the offset after the last declaration. */
function readDeclarations(state: State, subset: Subset, start: number): number {
  let end = start;
  for (let next: number | undefined = start; next !== undefined;) {
    end = next;
    next = readDeclaration(state, subset, end);
  }
  return end;
}

const READERS = [
  readParameterEntity,
  readEntity,
  readAttributes,
  readElement,
  readReference,
] as const;

/** Gives the offset after one declaration, or `undefined` if it does not exist. */
function readDeclaration(state: State, subset: Subset, at: number): number | undefined {
  for (const pattern of [DTD.blank, DTD.comment, DTD.instruction, DTD.notation]) {
    const found = match(pattern, subset.text, at);
    if (found !== undefined) return found.end;
  }
  for (const read of READERS) {
    const end = read(state, subset, at);
    if (end !== undefined) return end;
  }
  return undefined;
}

function readParameterEntity(
  { parameters }: State,
  { text }: Subset,
  at: number,
): number | undefined {
  const found = match(DTD.parameterEntity, text, at);
  const [name = '', value, system, published] = found?.groups ?? [];
  const content = value && contentOf(value);
  if (hasFragment(system ?? published) || (value !== undefined && content === undefined))
    return undefined;
  if (found !== undefined && !parameters.has(name)) parameters.set(name, content);
  return found?.end;
}

function readEntity({ entities }: State, { text }: Subset, at: number): number | undefined {
  const found = match(DTD.entity, text, at);
  if (found === undefined) return undefined;
  const [name = '', value, system, published, unparsed] = found.groups;
  const content = value && contentOf(value);
  if (hasFragment(system ?? published) || (value !== undefined && content === undefined))
    return undefined;
  const elsewhere = unparsed === undefined ? 'external' : 'unparsed';
  entities.declare(name, content === undefined ? elsewhere : { content });
  return found.end;
}

function readReference(state: State, { text, open }: Subset, at: number): number | undefined {
  const { entities, parameters } = state;
  const found = match(DTD.reference, text, at);
  const name = found?.groups[0];
  if (name === undefined || open.includes(name)) return undefined;
  if (!parameters.has(name) && !entities.allowsUndeclared()) return undefined;
  const content = parameters.get(name);
  if (content !== undefined) {
    state.expanded += content.length;
    if (state.expanded > MOST_EXPANDED) return undefined;
    const end = readDeclarations(state, { text: content, open: [...open, name] }, 0);
    if (end !== content.length) return undefined;
    allowUndeclared(state);
  }
  return found?.end;
}

function readAttributes(
  { entities, prefixes }: State,
  { text }: Subset,
  at: number,
): number | undefined {
  const found = match(DTD.attributes, text, at);
  if (found === undefined) return undefined;
  const [element = '', list = ''] = found.groups;
  for (let end = 0; end < list.length;) {
    const one = match(DTD.attribute, list, end);
    const [name = '', literal] = one?.groups ?? [];
    if (one === undefined) return undefined;
    end = one.end;
    if (literal === undefined) continue;
    if (!entities.isAttributeValue(literal.slice(1, -1))) return undefined;
    if (name.startsWith('xmlns:'))
      prefixes.set(element, [...(prefixes.get(element) ?? []), name.slice('xmlns:'.length)]);
  }
  return found.end;
}

function readElement(_state: State, { text }: Subset, at: number): number | undefined {
  const head = match(DTD.elementHead, text, at)?.end;
  if (head === undefined) return undefined;
  const content = match(DTD.simpleContent, text, head)?.end ?? endOfGroup(text, head);
  return content === undefined ? undefined : match(DTD.end, text, content)?.end;
}

/** The content of an entity, references to characters replaced; `undefined` where one of them is to none. */
function contentOf(literal: string): string | undefined {
  const content = literal
    .slice(1, -1)
    .replace(/&(#\w+);/g, (_all, reference: string) => characterOf(reference) ?? '\0');
  return content.includes('\0') ? undefined : content;
}

/** Whether a system identifier is a URI with a fragment, which an entity must not have. */
function hasFragment(literal = ''): boolean {
  return /^.[\w\-.~:/?@!$&'()*+,;=%]*#[\w\-.~:/?@!$&'()*+,;=%]*.$/.test(literal);
}
