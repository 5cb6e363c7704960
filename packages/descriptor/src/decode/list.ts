import type { Place, XmlElement } from '../xml/element.ts';

/** The elements of a list, those left out that could not be read. */
export interface DecodedList<Item> {
  readonly items: readonly Item[];
  /** How many elements there are, the unreadable ones included. */
  readonly count: number;
  /** Where an item is, counted from 0. */
  readonly placeOf: (index: number) => Place | undefined;
}

/** Decodes a list as the tool does: from the first element of that name on, every element is one of it. */
export function decodeList<Item>(
  parent: XmlElement,
  name: string,
  decode: (element: XmlElement) => Item | undefined,
): DecodedList<Item> {
  const items: Item[] = [];
  // A list may be long, and few of its places are asked for.
  const names: string[] = [];
  const offsets: number[] = [];
  let count = 0;
  for (const element of parent.children.from(name)) {
    count += 1;
    const item = decode(element);
    if (item === undefined) continue;
    items.push(item);
    names.push(element.name);
    offsets.push(element.offset);
  }
  const placeOf = (index: number): Place | undefined => {
    const [name, offset] = [names[index], offsets[index]];
    return name === undefined || offset === undefined ? undefined : { name, offset, parent };
  };
  return { items, count, placeOf };
}
