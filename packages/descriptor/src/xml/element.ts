/** An element as the tool's parser sees it: local name, first text, elements below. */
export interface XmlElement {
  /** Local name where the prefix is declared, else the name as written. */
  readonly name: string;
  /** Content of the first text node; CDATA, comments and elements are none. `undefined` where there is no text. */
  readonly text: string | undefined;
  /** Offset of the start tag in the document: what tells one element from another. */
  readonly offset: number;
  readonly parent: XmlElement | undefined;
  /** In document order. Of a large element they are read anew each time they are gone through. */
  readonly children: Iterable<XmlElement>;
}

/** Enough of an element to tell where it is. */
export type Place = Pick<XmlElement, 'name' | 'offset' | 'parent'>;

/** The first child of that name: the tool ignores later ones. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  for (const candidate of element?.children ?? []) if (candidate.name === name) return candidate;
  return undefined;
}

/** The first child of that name and every element after it, whatever its name: how the tool reads lists. */
export function* childrenFrom(element: XmlElement, name: string): Generator<XmlElement, void> {
  let reached = false;
  for (const candidate of element.children) {
    reached ||= candidate.name === name;
    if (reached) yield candidate;
  }
}
