import type { XmlChildren, XmlElement } from './element.ts';

/**
 * Elements whose markup is the same except for the text in it. The tree reader takes the same time for every node whatever
 * its configuration, and the elements of a long list look alike: each distinct markup is read once, and the texts of the
 * others are put in by their place.
 */
export interface Shapes {
  /** The element of `own`, the text of one element of plain markup that begins at `start` of the document. */
  readonly element: (
    own: string,
    start: number,
    parent: XmlElement | undefined,
    shared: (text: string) => string,
  ) => XmlElement;
}

/** The shape of one element. A piece is a tag without its `<`, and the text after it; they are counted from 0. */
interface Shape {
  readonly name: string;
  /** The piece with its start tag, and the one with its end tag. */
  readonly open: number;
  readonly close: number;
  /** The piece whose text is its first, or -1. */
  readonly text: number;
  readonly children: readonly Shape[];
}

/** Markup, and what the tree reader made of it. */
interface Pattern {
  /** The tag of each piece, and whether there is text after it. */
  readonly tags: readonly { readonly tag: string; readonly hasText: boolean }[];
  readonly root: Shape;
}

/** One element of a pattern. */
interface Filling {
  readonly pattern: Pattern;
  readonly pieces: readonly string[];
  /** Where the element begins in the document. */
  readonly start: number;
  readonly shared: (text: string) => string;
}

/** More kinds of markup in one list come from no tool. */
const MOST_PATTERNS = 1_000;

const MARKUP = /[&\r=]|<[!?]/;

/** Whether text has nothing in it but elements without attributes, and character data that stands for itself. */
export function isPlain(text: string): boolean {
  return !MARKUP.test(text);
}

/** Shapes of elements with a common parent; `read` is the tree reader. */
export function createShapes(read: (markup: string) => XmlElement | undefined): Shapes {
  const known = new Map<string, Pattern>();
  let latest: Pattern | undefined;
  const patternOf = (pieces: readonly string[]): Pattern => {
    const tags = pieces.map((piece) => {
      const tag = piece.slice(0, piece.indexOf('>') + 1);
      return { tag, hasText: tag.length < piece.length };
    });
    // The text of each piece is its number.
    const markup = tags
      .map(({ tag, hasText }, index) => `<${tag}${hasText ? String(index) : ''}`)
      .join('');
    const found = known.get(markup);
    if (found !== undefined) return found;
    const example = read(markup);
    if (example === undefined) throw new Error('the readers disagree');
    const pattern = { tags, root: shapeOf(example, createPlaces(markup)) };
    if (known.size < MOST_PATTERNS) known.set(markup, pattern);
    return pattern;
  };
  return {
    element: (own, start, parent, shared) => {
      const pieces = own.slice(1).split('<');
      if (latest === undefined || !isLike(latest, pieces)) latest = patternOf(pieces);
      return new ShapedElement(latest.root, { pattern: latest, pieces, start, shared }, parent);
    },
  };
}

function isLike({ tags }: Pattern, pieces: readonly string[]): boolean {
  if (tags.length !== pieces.length) return false;
  for (const [index, { tag, hasText }] of tags.entries()) {
    const piece = pieces[index] ?? '';
    if (!piece.startsWith(tag) || piece.length > tag.length !== hasText) return false;
  }
  return true;
}

/** A function that returns in which piece of the markup an offset is. */
function createPlaces(markup: string): (offset: number) => number {
  const starts: number[] = [];
  for (let at = markup.indexOf('<'); at !== -1; at = markup.indexOf('<', at + 1)) starts.push(at);
  return (offset) => starts.findLastIndex((start) => start <= offset);
}

function shapeOf(example: XmlElement, placeOf: (offset: number) => number): Shape {
  return {
    name: example.name,
    open: placeOf(example.offset),
    close: placeOf(example.end - 1),
    text: example.text === undefined ? -1 : Number(example.text),
    children: Array.from(example.children, (child) => shapeOf(child, placeOf)),
  };
}

class ShapedElement implements XmlElement {
  readonly #shape: Shape;
  readonly #filling: Filling;
  readonly parent: XmlElement | undefined;
  #children: XmlChildren | undefined;

  constructor(shape: Shape, filling: Filling, parent: XmlElement | undefined) {
    this.#shape = shape;
    this.#filling = filling;
    this.parent = parent;
  }

  get name(): string {
    return this.#shape.name;
  }

  get text(): string | undefined {
    const { pattern, pieces, shared } = this.#filling;
    const place = this.#shape.text;
    if (place < 0) return undefined;
    return shared((pieces[place] ?? '').slice(pattern.tags[place]?.tag.length));
  }

  get offset(): number {
    return this.#offsetOf(this.#shape.open);
  }

  get end(): number {
    const { close } = this.#shape;
    return this.#offsetOf(close) + 1 + (this.#filling.pattern.tags[close]?.tag.length ?? 0);
  }

  get children(): XmlChildren {
    this.#children ??= new ShapedChildren(this.#shape.children, this.#filling, this);
    return this.#children;
  }

  #offsetOf(piece: number): number {
    const { pieces, start } = this.#filling;
    let offset = start;
    for (let index = 0; index < piece; index += 1) offset += (pieces[index]?.length ?? 0) + 1;
    return offset;
  }
}

class ShapedChildren implements XmlChildren {
  readonly #shapes: readonly Shape[];
  readonly #filling: Filling;
  readonly #parent: XmlElement;

  constructor(shapes: readonly Shape[], filling: Filling, parent: XmlElement) {
    this.#shapes = shapes;
    this.#filling = filling;
    this.#parent = parent;
  }

  [Symbol.iterator](): Iterator<XmlElement> {
    return this.places()[Symbol.iterator]();
  }

  first(name: string): XmlElement | undefined {
    for (const shape of this.#shapes)
      if (shape.name === name) return new ShapedElement(shape, this.#filling, this.#parent);
    return undefined;
  }

  from(name: string): readonly XmlElement[] {
    const start = this.#shapes.findIndex((shape) => shape.name === name);
    return start === -1 ? [] : this.places().slice(start);
  }

  places(): readonly XmlElement[] {
    return this.#shapes.map((shape) => new ShapedElement(shape, this.#filling, this.#parent));
  }
}
