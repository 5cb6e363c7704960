import { isAbsolute } from 'node:path';

import {
  isClusterSize,
  NIL_GUID,
  parseGuid,
  sameGuid,
  TOP_GUID,
  toSectors,
  type Bytes,
  type Guid,
} from '@ploop/descriptor';

import { RefusedError } from './errors.ts';

/** `-x value`, or nothing where there is no value. */
export function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** `-x` where it is asked for. */
export function flag(name: string, isSet: boolean | undefined): readonly string[] {
  return isSet === true ? [name] : [];
}

/** What cannot be written to a descriptor, or breaks the tool's line-oriented output. */
const CONTROL = /[\p{Cc}\uFFFE\uFFFF]/u;
const LONE_SURROGATE = /\p{Cs}/u;
/** What Node puts in the place of bytes of a name that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/**
 * A path as argument. Only absolute ones: the tool resolves relative paths against different directories, and takes
 * what begins with a dash for an option. A name that is not UTF-8 has no form as a string: what Node reads of it would be
 * handed over as another name, and a disk be made or taken there.
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
  if (text.includes(REPLACEMENT)) return refuse('stands for a name that is not UTF-8');
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
 * The path of an image. What ends in `.xml` or `.qcow2` the tool takes for something else.
 *
 * @throws RefusedError `PATH_INVALID`
 */
export function imagePath(text: string): string {
  if (/\.(?:xml|qcow2)$/i.test(text))
    throw new RefusedError(
      'PATH_INVALID',
      `${JSON.stringify(text)} has the name of a descriptor or of a qcow2 image, not of a delta`,
    );
  return path(text);
}

/**
 * A device node, below /dev.
 *
 * @throws RefusedError `PATH_INVALID`
 */
export function devicePath(text: string): string {
  if (!text.startsWith('/dev/'))
    throw new RefusedError('PATH_INVALID', `${JSON.stringify(text)} is no device below /dev`);
  return path(text);
}

/**
 * A GUID as argument, as it is spelled.
 *
 * @throws RefusedError `GUID_INVALID`
 */
export function guidText(guid: Guid): string {
  if (parseGuid(guid) === undefined)
    throw new RefusedError('GUID_INVALID', `${JSON.stringify(guid)} is no GUID in braces`);
  return guid;
}

/**
 * The GUID of a snapshot that is to be made. Zeros mean "no parent": all that is below such a snapshot reads as zeros, and
 * the tool exits with 0.
 *
 * @throws RefusedError `GUID_INVALID`
 */
export function newGuidText(guid: Guid): string {
  guidText(guid);
  if (sameGuid(guid, NIL_GUID) || sameGuid(guid, TOP_GUID))
    throw new RefusedError(
      'GUID_INVALID',
      `${guid} has a fixed meaning in descriptors`,
      'Leave the GUID out, or give a random one.',
    );
  return guid;
}

/** {@link guidText} of what may be absent. */
export function optionalGuid(guid: Guid | undefined): string | undefined {
  return guid === undefined ? undefined : guidText(guid);
}

/** Bytes of a component name, as releases 1 and 7 keep it. */
const LONGEST_TEXT = 1024;

/**
 * A free text as argument: a label, a key, mount data.
 *
 * @throws RefusedError `TEXT_INVALID`
 */
export function freeText(text: string): string {
  const isFit =
    text !== '' && !text.startsWith('-') && !CONTROL.test(text) && !LONE_SURROGATE.test(text);
  if (!isFit || Buffer.byteLength(text) > LONGEST_TEXT)
    throw new RefusedError(
      'TEXT_INVALID',
      `${JSON.stringify(text.slice(0, LONGEST_TEXT))} is empty, too long, begins with a dash or holds a control character`,
    );
  return text;
}

/** {@link freeText} of what may be absent. */
export function optionalText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : freeText(text);
}

/** Releases 1 and 7 cut component names here, in bytes. */
const LONGEST_COMPONENT = 63;

/**
 * A component name: one more mount of the same disk. Release 8 and 9 make a file of that name.
 *
 * @throws RefusedError `TEXT_INVALID`
 */
export function componentName(text: string): string {
  freeText(text);
  if (/[\s/:]/u.test(text) || Buffer.byteLength(text) > LONGEST_COMPONENT)
    throw new RefusedError(
      'TEXT_INVALID',
      `${JSON.stringify(text)} is no component name: up to 63 bytes without blanks, slashes and colons`,
    );
  return text;
}

/** What the tool's own parser holds, in sectors. */
const MOST_SECTORS = 0xffffffff * 512;

/**
 * A size as argument: sectors in decimal digits, the one form that every release reads exactly.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
export function size(bytes: Bytes): string {
  if (bytes === 0) throw new RefusedError('SIZE_INVALID', 'a size of 0 bytes is none');
  return sizeOrZero(bytes);
}

/**
 * {@link size}, of which 0 is one too.
 *
 * @throws RefusedError `SIZE_INVALID`
 */
export function sizeOrZero(bytes: Bytes): string {
  const sectors = toSectors(bytes);
  const isWhole = sectors !== undefined && sectors >= 0 && Number.isSafeInteger(bytes);
  if (!isWhole || sectors >= MOST_SECTORS)
    throw new RefusedError(
      'SIZE_INVALID',
      `${String(bytes)} bytes are not a whole number of 512-byte sectors that the tool can read`,
    );
  return String(sectors);
}

/**
 * A cluster size as argument: sectors in decimal digits.
 *
 * @throws RefusedError `CLUSTER_SIZE_INVALID`
 */
export function clusterSectors(bytes: Bytes | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const count = toSectors(bytes);
  if (count === undefined || !isClusterSize(count))
    throw new RefusedError(
      'CLUSTER_SIZE_INVALID',
      `a cluster of ${String(bytes)} bytes is no power of two from 32 KiB to 64 MiB`,
    );
  return String(count);
}

/**
 * A number as argument, in decimal digits.
 *
 * @throws RefusedError `NUMBER_INVALID`
 */
export function wholeNumber(value: number, least: number, most: number): string {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RefusedError(
      'NUMBER_INVALID',
      `${String(value)} is no whole number from ${String(least)} to ${String(most)}`,
    );
  return String(value);
}

/**
 * One of the texts of a closed set: callers without a compiler may give anything.
 *
 * @throws RefusedError `CHOICE_INVALID`
 */
export function choice<Value extends string>(value: Value, known: readonly Value[]): Value {
  if (!known.includes(value))
    throw new RefusedError(
      'CHOICE_INVALID',
      `${JSON.stringify(value)} is none of ${known.join(', ')}`,
    );
  return value;
}

/** {@link choice} of what may be absent. */
export function optionalChoice<Value extends string>(
  value: Value | undefined,
  known: readonly Value[],
): Value | undefined {
  return value === undefined ? undefined : choice(value, known);
}
