import {
  aFlag,
  aList,
  aNumber,
  anObject,
  aPath,
  aString,
  isRecord,
  type Rule,
} from '../arguments/rules.ts';
import type { ImageStep } from './image-step.ts';

/** What each step has besides its file. */
const MEMBERS: Readonly<Record<ImageStep['step'], Readonly<Record<string, Rule>>>> = {
  merge: { into: aString },
  grow: { below: aList, size: aNumber },
  cover: {},
  preallocate: {},
  'make-raw': {},
  convert: {},
  write: {},
  replace: { by: aPath, keepName: aFlag },
  remove: {},
};

/** One step of an operation, see `ImageStep`. */
export const aStep: Rule = {
  expected: 'a step with file',
  fits: (value) => {
    if (!isRecord(value)) return false;
    const members = Object.entries(MEMBERS).find(([name]) => name === value['step'])?.[1];
    return members !== undefined && anObject({ file: aString, ...members }).fits(value);
  },
};

/** Steps of an operation, in order. */
export const someSteps: Rule = {
  expected: 'a list of steps',
  fits: (value) => Array.isArray(value) && value.every((one) => aStep.fits(one)),
};
