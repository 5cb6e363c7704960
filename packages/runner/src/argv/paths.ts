import { isAbsolute } from 'node:path';

import { shown } from '@ploop/descriptor/arguments';

import { RefusedError } from '../errors/errors.ts';
import { CONTROL, LONE_SURROGATE } from './characters.ts';

/** What Node puts in the place of bytes of a name that are not UTF-8. */
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
    throw new RefusedError('PATH_INVALID', `${shown(text)} ${why}`);
  };
  if (typeof text !== 'string') return refuse('is not a path');
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
  if (typeof text !== 'string') return path(text);
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
  if (typeof text === 'string' && /\.(?:xml|qcow2)$/i.test(text))
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
  if (typeof text !== 'string') return path(text);
  if (!text.startsWith('/dev/'))
    throw new RefusedError('PATH_INVALID', `${JSON.stringify(text)} is not a device below /dev`);
  return path(text);
}
