import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { memorySource, type ChainOptions, type ImageSource } from '../../src/index.ts';

/** A file in memory, as an image source. */
export function fileSource(path: string): ImageSource {
  return memorySource(path, readFileSync(path));
}

/** Opens files that images name, beside them. */
export const besideIt: NonNullable<ChainOptions['openFile']> = (name, of) =>
  Promise.resolve(fileSource(resolve(dirname(of.file), name)));
