import { shown } from '@ploop/descriptor/arguments';

import { RefusedError } from '../errors/errors.ts';
import { CONTROL, LONE_SURROGATE } from './characters.ts';

/** Bytes of a component name, as releases 1 and 7 keep it. */
const LONGEST_TEXT = 1024;

/**
 * A free text as argument: a label, a key, mount data.
 *
 * @throws RefusedError `TEXT_INVALID`
 */
export function freeText(text: string): string {
  if (typeof text !== 'string')
    throw new RefusedError('TEXT_INVALID', `${shown(text)} is not a text`);
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
      `${JSON.stringify(text)} is not a component name: up to 63 bytes without blanks, slashes and colons`,
    );
  return text;
}
