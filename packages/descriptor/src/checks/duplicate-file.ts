import { tidyPath } from '../resolve-file.ts';
import type { Check } from './check.ts';

/** Two images in one file: removing one removes the data of the other. */
export const duplicateFile: Check = ({ images }, _survey, report) => {
  const owners = new Map<string, string>();
  for (const [index, { guid, file }] of images.entries()) {
    const key = tidyPath(file);
    const other = owners.get(key);
    if (other === undefined) owners.set(key, guid);
    else report('FILE_DUPLICATE', { guid, other, file }, { image: index });
  }
};
