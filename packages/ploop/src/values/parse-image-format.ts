import type { ImageFormat } from '@ploop/runner';

/** What texts mean: the tool knows `ploop1` as another word for `expanded`. */
const formats: Readonly<Record<string, ImageFormat>> = {
  expanded: 'expanded',
  ploop1: 'expanded',
  preallocated: 'preallocated',
  raw: 'raw',
};

/** The image format that a text names, in any case; `undefined` if it is not one. */
export function parseImageFormat(text: string): ImageFormat | undefined {
  if (typeof text !== 'string') return undefined;
  const name = text.toLowerCase();
  return Object.hasOwn(formats, name) ? formats[name] : undefined;
}
