/** An element as the tool's parser sees it: local name, first text, elements below. */
export interface XmlElement {
  /** Local name where the prefix is declared, else the name as written. */
  readonly name: string;
  /** Content of the first text node; CDATA, comments and elements are none. `undefined` where there is no text. */
  readonly text: string | undefined;
  /** Offset of the start tag in the document. */
  readonly offset: number;
  readonly parent: XmlElement | undefined;
  readonly children: readonly XmlElement[];
}

/** The first child of that name: the tool ignores later ones. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}

/** The first child of that name and every element after it, whatever its name: how the tool reads lists. */
export function childrenFrom(element: XmlElement, name: string): readonly XmlElement[] {
  const start = element.children.findIndex((candidate) => candidate.name === name);
  return start === -1 ? [] : element.children.slice(start);
}
