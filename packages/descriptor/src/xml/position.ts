import type { XmlElement } from './element.ts';

/** A place in a text; both count from 1, columns in UTF-16 code units. */
export interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/** Line and column of one offset. */
export function positionAt(text: string, offset: number): LineAndColumn {
  return lookUp(lineStarts(text.slice(0, offset)), offset);
}

/** A function that tells where an element is; each call costs little however long the document or the list. */
export function createLocator(
  text: string,
): (element: XmlElement) => LineAndColumn & { readonly path: string } {
  let starts: readonly number[] | undefined;
  const steps = new WeakMap<XmlElement, ReadonlyMap<XmlElement, string>>();
  const stepsOf = (parent: XmlElement): ReadonlyMap<XmlElement, string> => {
    const known = steps.get(parent) ?? labelChildren(parent);
    steps.set(parent, known);
    return known;
  };
  const pathOf = (element: XmlElement): string => {
    const { parent, name } = element;
    if (parent === undefined) return `/${name}`;
    return `${pathOf(parent)}/${stepsOf(parent).get(element) ?? name}`;
  };
  return (element) => {
    starts ??= lineStarts(text);
    return { path: pathOf(element), ...lookUp(starts, element.offset) };
  };
}

/** The step of a path that leads to each child: `Image[2]`, numbered from 1 only where siblings share the name. */
function labelChildren(parent: XmlElement): ReadonlyMap<XmlElement, string> {
  const total = new Map<string, number>();
  for (const { name } of parent.children) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return new Map(
    parent.children.map((element) => {
      const index = (seen.get(element.name) ?? 0) + 1;
      seen.set(element.name, index);
      const shared = (total.get(element.name) ?? 0) > 1;
      return [element, shared ? `${element.name}[${String(index)}]` : element.name];
    }),
  );
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1))
    starts.push(end + 1);
  return starts;
}

function lookUp(starts: readonly number[], offset: number): LineAndColumn {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
