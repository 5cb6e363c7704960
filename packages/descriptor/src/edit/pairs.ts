import { guidKey } from '../guid.ts';
import type { DiskDescriptor, Image, Shot } from '../model.ts';

/** For the n-th item that is to be, the place of the one that it was; `undefined` for a new one. */
export type Pairs = readonly (number | undefined)[];

/** Hands out the places of items by their key, in order and each once. */
function handOut(keys: readonly string[], taken: Set<number>): (key: string) => number | undefined {
  const byKey = new Map<string, number[]>();
  for (const [index, key] of [...keys.entries()].toReversed()) {
    const indexes = byKey.get(key);
    if (indexes === undefined) byKey.set(key, [index]);
    else indexes.push(index);
  }
  return (key) => {
    const indexes = byKey.get(key);
    let index = indexes?.pop();
    while (index !== undefined && taken.has(index)) index = indexes?.pop();
    if (index !== undefined) taken.add(index);
    return index;
  };
}

/** How to recognise an item: the keys of what is there, and of what is to be. */
interface Likeness {
  readonly before: readonly string[];
  readonly after: readonly (string | undefined)[];
}

/** Pairs items by the strongest likeness first; names and GUIDs may occur any number of times. */
function pairBy(count: number, likenesses: readonly Likeness[]): Pairs {
  const taken = new Set<number>();
  const pairs = new Array<number | undefined>(count).fill(undefined);
  for (const { before, after } of likenesses) {
    const take = handOut(before, taken);
    after.forEach((key, index) => {
      if (key !== undefined) pairs[index] ??= take(key);
    });
  }
  return pairs;
}

const atPlace = (key: string, index: number): string => `${String(index)} ${key}`;

/** Which image is which: one that keeps its file is the same image, whatever its GUID is to be. */
export function pairImages(before: readonly Image[], after: readonly Image[]): Pairs {
  const like = (key: (image: Image, index: number) => string): Likeness => ({
    before: before.map(key),
    after: after.map(key),
  });
  const whole = ({ guid, type, file }: Image): string => JSON.stringify([guid, type, file]);
  return pairBy(after.length, [
    like((image, index) => atPlace(whole(image), index)),
    like(whole),
    like(({ file }) => file),
    like(({ guid }) => guidKey(guid)),
  ]);
}

/** Which shot is which: one whose image stays is the same shot, whatever its GUID is to be. */
export function pairShots(before: DiskDescriptor, after: DiskDescriptor, images: Pairs): Pairs {
  const oldGuids = new Map<string, string>();
  images.forEach((index, at) => {
    const [old, now] = [index === undefined ? undefined : before.images[index], after.images[at]];
    if (old !== undefined && now !== undefined) oldGuids.set(guidKey(now.guid), guidKey(old.guid));
  });
  const whole = (shot: Shot, key: string): string =>
    JSON.stringify([key, shot.guid, shot.parentGuid, shot.temporary, shot.reverseMerge]);
  const like = (
    oldKey: (key: string) => string | undefined,
    key: (shot: Shot, old: string, index: number) => string,
  ): Likeness => ({
    before: before.shots.map((shot, index) => key(shot, guidKey(shot.guid), index)),
    after: after.shots.map((shot, index) => {
      const old = oldKey(guidKey(shot.guid));
      return old === undefined ? undefined : key(shot, old, index);
    }),
  });
  const known = (key: string): string | undefined => oldGuids.get(key);
  const any = (key: string): string => oldGuids.get(key) ?? key;
  return pairBy(after.shots.length, [
    like(known, (shot, key, index) => atPlace(whole(shot, key), index)),
    like(known, whole),
    like(known, (_shot, key) => key),
    like(any, (shot, key, index) => atPlace(whole(shot, key), index)),
    like(any, whole),
    like(any, (_shot, key) => key),
  ]);
}
