/** The child elements of an element, in document order. */
export interface XmlChildren extends Iterable<XmlElement> {
  /** The first child of that name. */
  readonly first: (name: string) => XmlElement | undefined;
  /** From the first child of that name on, whatever the names of the others. */
  readonly from: (name: string) => Iterable<XmlElement>;
  /** Names and offsets alone, prefixes left out, which costs little however many there are. */
  readonly places: () => Iterable<Pick<XmlElement, 'name' | 'offset'>>;
}

/** An element as the tool's parser sees it: local name, first text, elements below. */
export interface XmlElement {
  /** Local name where the prefix is declared, else the name as written. */
  readonly name: string;
  /** Content of the first text node; CDATA, comments and elements do not count. `undefined` where there is no text. */
  readonly text: string | undefined;
  /** Offset of the start tag in the document: the identity of an element. */
  readonly offset: number;
  /** Offset after the end tag. */
  readonly end: number;
  readonly parent: XmlElement | undefined;
  /** Those of a large element are read anew each time they are gone through. */
  readonly children: XmlChildren;
}

/** Enough of an element to locate it. */
export type Place = Pick<XmlElement, 'name' | 'offset' | 'parent'>;

/** The first child of that name: the tool ignores later ones. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.first(name);
}

/** Children that are all there. A class, as there is one for every element and methods cost nothing there. */
class Children implements XmlChildren {
  readonly #elements: readonly XmlElement[];

  constructor(elements: readonly XmlElement[]) {
    this.#elements = elements;
  }

  [Symbol.iterator](): Iterator<XmlElement> {
    return this.#elements[Symbol.iterator]();
  }

  first(name: string): XmlElement | undefined {
    for (const element of this.#elements) if (element.name === name) return element;
    return undefined;
  }

  from(name: string): readonly XmlElement[] {
    const start = this.#elements.findIndex((element) => element.name === name);
    return start === -1 ? [] : this.#elements.slice(start);
  }

  places(): readonly XmlElement[] {
    return this.#elements;
  }
}

/** Children that are all there, or will be once their parent is. */
export function childrenOf(elements: readonly XmlElement[]): XmlChildren {
  return new Children(elements);
}
