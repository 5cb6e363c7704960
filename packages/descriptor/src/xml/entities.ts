import { characterOf, REFERENCES } from './dtd-patterns.ts';

/** What a general entity is: its content, in another file, or no XML at all. */
type Entity = { readonly content: string } | 'external' | 'unparsed';

/** Where a reference stands. */
export type Context = 'content' | 'attribute';

/** The general entities of a document. */
export interface Entities {
  /** Notes one; the first of a name counts. */
  readonly declare: (name: string, entity: Entity) => void;
  /** From here on an entity need not be declared: its declaration may be where nobody looks. */
  readonly allowUndeclared: () => void;
  readonly allowsUndeclared: () => boolean;
  /** Whether it is declared, or need not be. */
  readonly isDeclared: (name: string) => boolean;
  /** Whether a reference to an entity may stand there. `isContent` reports whether a text is well-formed as content. */
  readonly isUsable: (
    name: string,
    context: Context,
    isContent: (text: string) => boolean,
  ) => boolean;
  /** Whether a text may be the value of an attribute, quotes left out. */
  readonly isAttributeValue: (value: string) => boolean;
}

const PREDEFINED: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);

/**
 * Entities that refer to others may have no more content than this in all. libxml2 compares what they come to with the
 * length of the document from this size on, and counts references; no genuine descriptor has any.
 */
const MOST_NESTED = 1000;

/** No entities yet but the predefined ones. An entity is never expanded, but it must be one that could be. */
export function createEntities(): Entities {
  const entities = new Map<string, Entity>();
  const verdicts = new Map<string, { readonly isUsable: boolean; readonly size: number }>();
  const open = new Set<string>();
  let lenient = false;
  let nested = 0;

  const isAttributeValue = (value: string): boolean =>
    !value.includes('<') &&
    Array.from(value.matchAll(REFERENCES)).every(
      ([, name, character]) =>
        (character !== undefined && characterOf(character) !== undefined) ||
        (name !== undefined && isUsable(name, 'attribute', isAttributeValue)),
    );

  const isUsable = (
    name: string,
    context: Context,
    isValid: (text: string) => boolean,
  ): boolean => {
    const entity = entities.get(name);
    if (PREDEFINED.has(name)) return true;
    if (entity === undefined) return lenient;
    if (entity === 'external') return context === 'content';
    if (entity === 'unparsed' || open.has(name)) return false;
    const key = `${context} ${name}`;
    const known = verdicts.get(key);
    if (known !== undefined) {
      if (open.size > 0) nested += known.size;
      return known.isUsable && nested <= MOST_NESTED;
    }
    const { content } = entity;
    const before = nested;
    if (open.size > 0) nested += content.length;
    if (nested > MOST_NESTED) return false;
    open.add(name);
    const verdict = isValid(content);
    open.delete(name);
    verdicts.set(key, { isUsable: verdict, size: content.length + nested - before });
    return verdict && nested <= MOST_NESTED;
  };

  return {
    declare: (name, entity) => {
      if (!entities.has(name)) entities.set(name, entity);
    },
    allowUndeclared: () => {
      lenient = true;
    },
    allowsUndeclared: () => lenient,
    isDeclared: (name) => lenient || entities.has(name),
    isUsable,
    isAttributeValue,
  };
}
