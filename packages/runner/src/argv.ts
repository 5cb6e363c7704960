import { isAbsolute } from 'node:path';

import { toSectors, type Bytes } from '@ploop/descriptor';

import { RefusedError } from './errors.ts';

/** `-x value`, or nothing where there is no value. */
export function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** What cannot be written to a descriptor, or breaks the tool's line-oriented output. */
const CONTROL = /[\p{Cc}\uFFFE\uFFFF]/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * A path as argument. Only absolute ones: the tool resolves relative paths against different directories, and takes
 * what begins with a dash for an option.
 *
 * @throws RefusedError `PATH_INVALID`
 */
export function path(text: string): string {
  const refuse = (why: string): never => {
    throw new RefusedError('PATH_INVALID', `${JSON.stringify(text)} ${why}`);
  };
  if (!isAbsolute(text)) return refuse('is not an absolute path');
  if (CONTROL.test(text)) return refuse('holds a control character');
  if (LONE_SURROGATE.test(text)) return refuse('holds half a character and has no UTF-8 form');
  return text;
}

/**
 * The path of a descriptor. Releases 1 and 7 know one by `.xml`, 9 by the exact name `DiskDescriptor.xml`.
 *
 * @throws RefusedError `PATH_INVALID`
 */
export function descriptorPath(text: string): string {
  if (!text.endsWith('.xml'))
    throw new RefusedError(
      'PATH_INVALID',
      `${JSON.stringify(text)} does not end in .xml`,
      'Give the path of DiskDescriptor.xml.',
    );
  return path(text);
}

/**
 * A size as argument: sectors in decimal digits, the one form that every release reads exactly.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
export function size(bytes: Bytes): string {
  const sectors = toSectors(bytes);
  if (sectors === undefined || sectors <= 0 || !Number.isSafeInteger(bytes))
    throw new RefusedError(
      'SIZE_INVALID',
      `${String(bytes)} bytes are not a positive whole number of 512-byte sectors`,
    );
  return String(sectors);
}
