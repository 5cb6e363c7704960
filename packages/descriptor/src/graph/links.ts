import { guidKey } from '../guid.ts';
import type { Image, Shot } from '../model.ts';
import { isBase, type SnapshotNode } from './node.ts';

/**
 * How the shots of a descriptor hang together. Shots are told by their number in file order, from 0; -1 is none. Numbers
 * instead of GUIDs, as a look-up by text for every step is what takes the time in a large graph.
 */
export interface Links {
  readonly nodes: readonly SnapshotNode[];
  /** The first shot with that GUID in any case, or -1. */
  readonly indexOf: (guid: string) => number;
  /** By shot: the first shot with the same GUID. */
  readonly firsts: Int32Array;
  /** By shot: its parent, the first shot of that GUID; -1 for a base and where there is no such shot. */
  readonly parents: Int32Array;
  /** The shots that name a shot as their parent, in file order. */
  readonly children: (index: number) => Int32Array;
  /** By image: the first image with the same GUID. */
  readonly firstImages: Int32Array;
  /** By image: the first shot with its GUID, or -1. */
  readonly shotsOfImages: Int32Array;
}

/** Links shots and images by GUID, in time proportional to their number. */
export function linkShots(shots: readonly Shot[], images: readonly Image[]): Links {
  const imageIndex = new Map<string, number>();
  const firstImages = Int32Array.from(images, ({ guid }, index) =>
    register(imageIndex, guidKey(guid), index),
  );
  const nodes = shots.map((shot): SnapshotNode => {
    const image = images[imageIndex.get(guidKey(shot.guid)) ?? -1];
    return { ...shot, image };
  });
  const { firsts, indexOf, parents } = linkParents(nodes);
  return {
    nodes,
    firsts,
    indexOf,
    parents,
    children: childrenBy(parents),
    firstImages,
    shotsOfImages: Int32Array.from(images, ({ guid }) => indexOf(guid)),
  };
}

function linkParents(
  nodes: readonly SnapshotNode[],
): Pick<Links, 'firsts' | 'indexOf' | 'parents'> {
  const index = new Map<string, number>();
  const firsts = Int32Array.from(nodes, ({ guid }, place) => register(index, guidKey(guid), place));
  const indexOf = (guid: string): number => index.get(guidKey(guid)) ?? -1;
  const parents = Int32Array.from(nodes, (node) => (isBase(node) ? -1 : indexOf(node.parentGuid)));
  return { firsts, indexOf, parents };
}

/** The number under which a key is known, which is the new one where it is not. */
function register(index: Map<string, number>, key: string, next: number): number {
  const known = index.get(key);
  if (known !== undefined) return known;
  index.set(key, next);
  return next;
}

/** One list of all children, ordered by parent; a second says where those of a parent begin. */
function childrenBy(parents: Int32Array): (index: number) => Int32Array {
  const begins = new Int32Array(parents.length + 1);
  for (const parent of parents) if (parent >= 0) begins[parent + 1] = at(begins, parent + 1) + 1;
  for (let index = 0; index < parents.length; index += 1)
    begins[index + 1] = at(begins, index + 1) + at(begins, index);
  const filled = begins.slice();
  const all = new Int32Array(at(begins, parents.length));
  for (const [child, parent] of parents.entries()) {
    if (parent < 0) continue;
    const place = at(filled, parent);
    all[place] = child;
    filled[parent] = place + 1;
  }
  return (index) => all.subarray(at(begins, index), at(begins, index + 1));
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}
