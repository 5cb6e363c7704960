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

/** A function that returns line and column of offsets, each in little time. */
export function createPlaces(text: string): (offset: number) => LineAndColumn {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    return lookUp(starts, offset);
  };
}

/** A function that returns where an element is; each call costs little however long the document or the list. */
export function createLocator(
  text: string,
): (place: Place) => LineAndColumn & { readonly path: string } {
  const placeOf = createPlaces(text);
  const siblings = new Map<number, ReadonlyMap<string, readonly number[]>>();
  /** `Image[2]`: numbered from 1, and only where siblings share the name. */
  const labelOf = ({ name, offset }: Place, parent: XmlElement): string => {
    const known = siblings.get(parent.offset) ?? childOffsets(parent);
    siblings.set(parent.offset, known);
    const same = known.get(name) ?? [];
    return same.length > 1 ? `${name}[${String(lastUpTo(same, offset) + 1)}]` : name;
  };
  const pathOf = (place: Place): string => {
    const { parent, name } = place;
    return parent === undefined ? `/${name}` : `${pathOf(parent)}/${labelOf(place, parent)}`;
  };
  return (place) => ({ path: pathOf(place), ...placeOf(place.offset) });
}

/** Where the children of each name begin. */
function childOffsets(parent: XmlElement): ReadonlyMap<string, readonly number[]> {
  const offsets = new Map<string, number[]>();
  for (const { name, offset } of parent.children.places()) {
    const same = offsets.get(name);
    if (same === undefined) offsets.set(name, [offset]);
    else same.push(offset);
  }
  return offsets;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1))
    starts.push(end + 1);
  return starts;
}

function lookUp(starts: readonly number[], offset: number): LineAndColumn {
  const line = lastUpTo(starts, offset);
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
}

/** Index of the last of some ascending numbers that is not above `most`, 0 where all are. */
function lastUpTo(numbers: readonly number[], most: number): number {
  let low = 0;
  let high = numbers.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle;
    else high = middle;
  }
  return low;
}
