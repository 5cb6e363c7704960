import type { Place, XmlElement } from './element.ts';

/** A place in a text; both count from 1, columns in UTF-16 code units. */
export interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/** Line and column of one offset. */
export function positionAt(text: string, offset: number): LineAndColumn {
  return lookUp(lineStarts(text.slice(0, offset)), offset);
}

/** A function that tells line and column of offsets, each in little time. */
export function createPlaces(text: string): (offset: number) => LineAndColumn {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    return lookUp(starts, offset);
  };
}

/** A function that tells where an element is; each call costs little however long the document or the list. */
export function createLocator(
  text: string,
): (place: Place) => LineAndColumn & { readonly path: string } {
  const placeOf = createPlaces(text);
  const labels = new Map<number, ReadonlyMap<number, string>>();
  const labelOf = (place: Place, parent: XmlElement): string => {
    const known = labels.get(parent.offset) ?? labelChildren(parent);
    labels.set(parent.offset, known);
    return known.get(place.offset) ?? place.name;
  };
  const pathOf = (place: Place): string => {
    const { parent, name } = place;
    return parent === undefined ? `/${name}` : `${pathOf(parent)}/${labelOf(place, parent)}`;
  };
  return (place) => ({ path: pathOf(place), ...placeOf(place.offset) });
}

/** The step of a path that leads to each child: `Image[2]`, numbered from 1 only where siblings share the name. */
function labelChildren(parent: XmlElement): ReadonlyMap<number, string> {
  const total = new Map<string, number>();
  for (const { name } of parent.children.places()) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  const labels = new Map<number, string>();
  for (const { name, offset } of parent.children.places()) {
    const index = (seen.get(name) ?? 0) + 1;
    seen.set(name, index);
    labels.set(offset, (total.get(name) ?? 0) > 1 ? `${name}[${String(index)}]` : name);
  }
  return labels;
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
