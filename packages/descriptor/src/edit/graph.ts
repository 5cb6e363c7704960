import type { DiskDescriptor, Shot } from '../model.ts';
import type { XmlElement } from '../xml/element.ts';
import { leaf } from './element-edits.ts';
import { editFlag, editLeaf } from './leaves.ts';
import { editList, type ListItem } from './list.ts';
import { pairImages, pairShots, type Pairs } from './pairs.ts';
import type { Splice } from './splice.ts';

/** From what a descriptor says to what it is to say. */
export interface Change {
  readonly before: DiskDescriptor;
  readonly after: DiskDescriptor;
  /** Which image is which. */
  readonly pairs: Pairs;
  /** Write the shot, too, that the tool adds where the descriptor has one shot less than images. */
  readonly writesAssumed: boolean;
}

/** The change from one descriptor to another. */
export function changeOf(
  before: DiskDescriptor,
  after: DiskDescriptor,
  writesAssumed: boolean,
): Change {
  return { before, after, pairs: pairImages(before.images, after.images), writesAssumed };
}

/** The changes to the images. One that keeps its file is the same image, whatever its GUID is to be. */
export function editImages(
  text: string,
  elements: readonly XmlElement[],
  { before, after, pairs }: Change,
): Splice[] {
  const items = after.images.map((image, at): ListItem => {
    const index = pairs[at];
    const element = index === undefined ? undefined : elements[index];
    const old = index === undefined ? undefined : before.images[index];
    if (element === undefined || old === undefined)
      return {
        parts: (tag) => [
          leaf(tag('GUID'), image.guid),
          leaf(tag('Type'), image.type),
          leaf(tag('File'), image.file),
        ],
      };
    const set = (name: string, value: string, isChanged: boolean): Splice[] =>
      isChanged ? editLeaf(text, { parent: element, name, value, behind: ['GUID'] }) : [];
    const edits = [
      ...set('GUID', image.guid, old.guid !== image.guid),
      ...set('Type', image.type, old.type !== image.type),
      ...set('File', image.file, old.file !== image.file),
    ];
    return { element, edits };
  });
  return editList(text, 'Image', elements, items);
}

/** The changes to the shots. One whose image stays is the same shot, whatever its GUID is to be. */
export function editShots(
  text: string,
  elements: readonly XmlElement[],
  { before, after, pairs, writesAssumed }: Change,
): Splice[] {
  const shotPairs = pairShots(before, after, pairs);
  const items = after.shots.flatMap((shot, at): readonly ListItem[] => {
    const index = shotPairs[at];
    const old = index === undefined ? undefined : before.shots[index];
    const element = index === undefined ? undefined : elements[index];
    if (element !== undefined && old !== undefined)
      return [{ element, edits: editShot(text, element, old, shot) }];
    return old !== undefined && !writesAssumed ? [] : [{ parts: (tag) => shotParts(shot, tag) }];
  });
  return editList(text, 'Shot', elements, items);
}

const MARKS = { zero: 'TemporaryZero', 'zero-swap': 'TemporaryZeroSwap' } as const;

function editShot(text: string, element: XmlElement, old: Shot, shot: Shot): Splice[] {
  const set = (name: string, value: string, isChanged: boolean): Splice[] =>
    isChanged ? editLeaf(text, { parent: element, name, value }) : [];
  const flag = (name: string, isSet: boolean, wasSet: boolean): Splice[] =>
    isSet === wasSet ? [] : editFlag(text, element, name, { isSet, behind: 'ParentGUID' });
  return [
    ...set('GUID', shot.guid, old.guid !== shot.guid),
    ...set('ParentGUID', shot.parentGuid, old.parentGuid !== shot.parentGuid),
    ...flag('Temporary', shot.temporary, old.temporary),
    ...(['zero', 'zero-swap'] as const).flatMap((mark) =>
      flag(MARKS[mark], shot.reverseMerge === mark, old.reverseMerge === mark),
    ),
  ];
}

function shotParts(shot: Shot, tag: (name: string) => string): readonly string[] {
  return [
    leaf(tag('GUID'), shot.guid),
    leaf(tag('ParentGUID'), shot.parentGuid),
    ...(shot.temporary ? [`<${tag('Temporary')}/>`] : []),
    ...(shot.reverseMerge === undefined ? [] : [`<${tag(MARKS[shot.reverseMerge])}/>`]),
  ];
}
