import { guidKey } from '../guid.ts';
import type { Image, Shot } from '../model.ts';
import { isBase, type SnapshotNode } from './node.ts';

/**
 * How the shots of a descriptor hang together. Shots are identified by their number in file order, from 0; -1 means no shot. Numbers
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
  const { idOf, find } = createIds();
  const most = shots.length + images.length;
  /** By GUID: the first image and the first shot of it. */
  const imageOf = new Int32Array(most).fill(-1);
  const shotOf = new Int32Array(most).fill(-1);
  const imageIds = Int32Array.from(images, ({ guid }) => idOf(guid));
  const firstImages = imageIds.map((id, index) => register(imageOf, id, index));
  const shotIds = Int32Array.from(shots, ({ guid }) => idOf(guid));
  const firsts = shotIds.map((id, index) => register(shotOf, id, index));
  const indexOf = (guid: string): number => shotOf[find(guid)] ?? -1;
  const parents = Int32Array.from(shots, (shot) => (isBase(shot) ? -1 : indexOf(shot.parentGuid)));
  return {
    nodes: shots.map((shot, index) => ({
      ...shot,
      image: images[imageOf[shotIds[index] ?? -1] ?? -1],
    })),
    firsts,
    indexOf,
    parents,
    children: childrenBy(parents),
    firstImages,
    shotsOfImages: imageIds.map((id) => shotOf[id] ?? -1),
  };
}

/** Numbers for GUIDs, from 0, the same for all spellings of one. */
function createIds(): {
  readonly idOf: (guid: string) => number;
  /** -1 for a GUID without a number. */
  readonly find: (guid: string) => number;
} {
  const ids = new Map<string, number>();
  return {
    idOf: (guid) => {
      const key = guidKey(guid);
      const known = ids.get(key);
      if (known !== undefined) return known;
      ids.set(key, ids.size);
      return ids.size - 1;
    },
    find: (guid) => ids.get(guidKey(guid)) ?? -1,
  };
}

/** What is first under a number, which is `next` where nothing was yet. */
function register(first: Int32Array, id: number, next: number): number {
  if (first[id] === -1) first[id] = next;
  return first[id] ?? next;
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
