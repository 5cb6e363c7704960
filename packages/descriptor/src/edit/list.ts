import type { XmlElement } from '../xml/element.ts';
import { endOfMarkup } from '../xml/markup.ts';
import { insertAfter, nameBeside, removeElement, spaceBefore, spaceFor } from './element-edits.ts';
import { spliceText, type Splice } from './splice.ts';

/** One item of a list that is to be: an element that is there, changed, or a new one made of parts. */
export type ListItem =
  | { readonly element: XmlElement; readonly edits: readonly Splice[] }
  | {
      readonly element?: undefined;
      readonly parts: (tag: (name: string) => string) => readonly string[];
    };

/**
 * Brings a list into another shape. Elements that stay keep everything that is in them; where only some go or come at the
 * end, what is between them stays as well.
 */
export function editList(
  text: string,
  name: string,
  before: readonly XmlElement[],
  after: readonly ListItem[],
): Splice[] {
  const [model] = before;
  if (model === undefined) return [];
  const stay = after.flatMap((item) => item.element ?? []);
  const fresh = after.flatMap((item) => (item.element === undefined ? [item] : []));
  const isAppended = after.slice(0, stay.length).every((item) => item.element !== undefined);
  const kept = new Set(stay);
  const isInOrder = stay.every(
    (element, index) => index === 0 || (stay[index - 1]?.offset ?? 0) < element.offset,
  );
  const make = (item: (typeof fresh)[number]): string => newItem(text, name, model, item.parts);
  if (isAppended && isInOrder && stay.length > 0) {
    const last = stay.at(-1) ?? model;
    return [
      ...before.filter((element) => !kept.has(element)).map((one) => removeElement(text, one)),
      ...after.flatMap((item) => (item.element === undefined ? [] : item.edits)),
      ...fresh.map((item) => insertAfter(text, { ...last, offset: model.offset }, make(item))),
    ];
  }
  const between = spaceFor(text, before[1] ?? model);
  const gaps = before.slice(1).map(({ offset }) => spaceBefore(text, offset));
  const whole = after.map((item, index) => {
    const xml = item.element === undefined ? make(item) : changed(text, item.element, item.edits);
    return index === 0 ? xml : (gaps[index - 1] ?? between) + xml;
  });
  return [{ start: model.offset, end: (before.at(-1) ?? model).end, text: whole.join('') }];
}

function changed(text: string, { offset, end }: XmlElement, edits: readonly Splice[]): string {
  const moved = edits.map((edit) => ({
    ...edit,
    start: edit.start - offset,
    end: edit.end - offset,
  }));
  return spliceText(text.slice(offset, end), moved);
}

/** A new item that looks like the first one: its prefix, its indentation. */
function newItem(
  text: string,
  name: string,
  model: XmlElement,
  parts: (tag: (name: string) => string) => readonly string[],
): string {
  const tag = nameBeside(text, model, name);
  const [first] = model.children;
  const space = first === undefined ? '' : spaceFor(text, first);
  const close =
    endOfMarkup(text, model.offset) === model.end
      ? model.end
      : text.lastIndexOf('</', model.end - 1);
  const inner = parts((part) => nameBeside(text, model, part))
    .map((xml) => space + xml)
    .join('');
  return `<${tag}>${inner}${spaceFor(text, { offset: close })}</${tag}>`;
}
