import {
  aBytes,
  aCount,
  aFunction,
  anObject,
  aSignal,
  aString,
  needed,
  options,
  type Rules,
} from './rules.ts';

const ranged: Rules = {
  chain: needed({
    ...anObject({ size: aCount, read: aFunction }),
    expected: 'a chain of images',
  }),
  options: options({ signal: aSignal, start: aCount, end: aCount }),
};

/** The arguments of the functions that read bytes, by name and in their order. */
export const READING = {
  chunks: ranged,
  createWebStream: ranged,
  memorySource: { file: needed(aString), bytes: needed(aBytes) },
} as const satisfies Readonly<Record<string, Rules>>;
