import type { Place, XmlElement } from '../xml/element.ts';

/** The elements of a list, those left out that could not be read. */
export interface DecodedList<Item> {
  readonly items: readonly Item[];
  /** How many elements there are, the unreadable ones included. */
  readonly count: number;
  /** Of each item. */
  readonly places: readonly Place[];
}

/** Decodes a list as the tool does: from the first element of that name on, every element is one of it. */
export function decodeList<Item>(
  parent: XmlElement,
  name: string,
  decode: (element: XmlElement) => Item | undefined,
): DecodedList<Item> {
  const items: Item[] = [];
  const places: Place[] = [];
  let count = 0;
  for (const element of parent.children.from(name)) {
    count += 1;
    const item = decode(element);
    if (item === undefined) continue;
    items.push(item);
    places.push({ name: element.name, offset: element.offset, parent });
  }
  return { items, count, places };
}
