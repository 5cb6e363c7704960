import type { Forest } from './survey.ts';

/**
 * A function that gives the place of the lowest common ancestor of two places of a forest, or -1 where they are in
 * different trees. Prepared in time proportional to the forest, each answer in constant time: the method of Schieber
 * and Vishkin (1988), which cuts the forest into paths whose names show by their bits how they hang together.
 */
export function createCommonAncestor({
  parents,
  sizes,
}: Pick<Forest, 'parents' | 'sizes'>): (one: number, other: number) => number {
  const count = parents.length;
  const trees = new Int32Array(count);
  const levels = new Int32Array(count);
  const paths = new Int32Array(count);
  const above = new Int32Array(count);
  const heads = new Int32Array(count + 1);
  const at = (array: Int32Array, index: number): number => array[index] ?? -1;

  for (let place = 0; place < count; place += 1) {
    const parent = at(parents, place);
    const isRoot = parent < 0;
    trees[place] = isRoot ? place : at(trees, parent);
    levels[place] = isRoot ? 0 : at(levels, parent) + 1;
    // Of the numbers of the shots at and below this one, counted from 1: the one with the most trailing zeros.
    const last = place + at(sizes, place);
    const bit = topBit(place ^ last);
    const path = (last >> bit) << bit;
    paths[place] = path;
    above[place] = (isRoot ? 0 : at(above, parent)) | (path & -path);
    if (isRoot || at(paths, parent) !== path) heads[path] = place;
  }

  /** The lowest ancestor on the path that carries bit `step`. */
  const climb = (place: number, target: number, step: number): number => {
    if (at(paths, place) === target) return place;
    const bit = topBit(at(above, place) & ((1 << step) - 1));
    const path = ((at(paths, place) >> (bit + 1)) << (bit + 1)) | (1 << bit);
    return at(parents, at(heads, path));
  };
  const higher = (one: number, other: number): number =>
    at(levels, one) <= at(levels, other) ? one : other;

  return (one, other) => {
    if (at(trees, one) !== at(trees, other)) return -1;
    const [left, right] = [at(paths, one), at(paths, other)];
    if (left === right) return higher(one, other);
    const common = (at(above, one) & at(above, other)) >> topBit(left ^ right);
    const step = topBit(left ^ right) + topBit(common & -common);
    const target = ((left >> (step + 1)) << (step + 1)) | (1 << step);
    return higher(climb(one, target, step), climb(other, target, step));
  };
}

function topBit(value: number): number {
  return 31 - Math.clz32(value);
}
