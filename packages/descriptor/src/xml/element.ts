/** The child elements of an element, in document order. */
export interface XmlChildren extends Iterable<XmlElement> {
  /** From the first child of that name on, whatever the names of the others. */
  readonly from: (name: string) => Iterable<XmlElement>;
  /** Names and offsets alone, prefixes left out, which costs little however many there are. */
  readonly places: () => Iterable<Pick<XmlElement, 'name' | 'offset'>>;
}

/** An element as the tool's parser sees it: local name, first text, elements below. */
export interface XmlElement {
  /** Local name where the prefix is declared, else the name as written. */
  readonly name: string;
  /** Content of the first text node; CDATA, comments and elements are none. `undefined` where there is no text. */
  readonly text: string | undefined;
  /** Offset of the start tag in the document: what tells one element from another. */
  readonly offset: number;
  /** Offset behind the end tag. */
  readonly end: number;
  readonly parent: XmlElement | undefined;
  /** Those of a large element are read anew each time they are gone through. */
  readonly children: XmlChildren;
}

/** Enough of an element to tell where it is. */
export type Place = Pick<XmlElement, 'name' | 'offset' | 'parent'>;

/** The first child of that name: the tool ignores later ones. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  for (const first of element?.children.from(name) ?? []) return first;
  return undefined;
}

/** Children that are all there. */
export function childrenOf(elements: readonly XmlElement[]): XmlChildren {
  return {
    [Symbol.iterator]: () => elements[Symbol.iterator](),
    from: (name) => {
      const start = elements.findIndex((element) => element.name === name);
      return start === -1 ? [] : elements.slice(start);
    },
    places: () => elements,
  };
}
