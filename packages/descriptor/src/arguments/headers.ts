import { aBytes, aCount, aString, needed, type Rules } from './rules.ts';

/** The arguments of the functions that read headers of images, by name and in their order. */
export const HEADERS = {
  parseImageHeader: { bytes: needed(aBytes), file: needed(aString) },
  stateMark: { value: needed(aCount) },
} as const satisfies Readonly<Record<string, Rules>>;
