import { child, type XmlElement } from '../xml/element.ts';
import {
  insertAfter,
  insertFirst,
  leaf,
  nameBeside,
  removeElement,
  setText,
} from './element-edits.ts';
import type { Splice } from './splice.ts';

/** A value that an element holds as the text of a child. */
export interface LeafEdit {
  readonly parent: XmlElement;
  readonly name: string;
  /** What it is to be; `undefined` for none. */
  readonly value: string | undefined;
  /** Children after the first of which a new one goes that is there; at the start where none is. */
  readonly behind?: readonly string[];
}

/** Sets, adds or removes one value. */
export function editLeaf(text: string, { parent, name, value, behind = [] }: LeafEdit): Splice[] {
  const element = child(parent, name);
  if (element !== undefined)
    return [value === undefined ? removeElement(text, element) : setText(text, element, value)];
  if (value === undefined) return [];
  const xml = leaf(nameBeside(text, parent, name), value);
  for (const sibling of behind) {
    const found = child(parent, sibling);
    if (found !== undefined) return [insertAfter(text, found, xml)];
  }
  return [insertFirst(text, parent, xml)];
}

/** Adds or removes an element that says something by being there. */
export function editFlag(
  text: string,
  parent: XmlElement,
  name: string,
  { isSet, behind }: { readonly isSet: boolean; readonly behind: string },
): Splice[] {
  const element = child(parent, name);
  if (isSet === (element !== undefined)) return [];
  if (element !== undefined) return [removeElement(text, element)];
  const xml = `<${nameBeside(text, parent, name)}/>`;
  const sibling = child(parent, behind);
  return [sibling === undefined ? insertFirst(text, parent, xml) : insertAfter(text, sibling, xml)];
}
