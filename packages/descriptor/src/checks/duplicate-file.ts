import { tidyPath } from '../resolve-file.ts';
import { everyImage } from '../storages.ts';
import type { Check } from './check.ts';

/** Two images in one file: removing one removes the data of the other. */
export const duplicateFile: Check = (descriptor, _survey, report) => {
  const owners = new Map<string, string>();
  for (const { image, at } of everyImage(descriptor)) {
    const { guid, file } = image;
    const key = tidyPath(file);
    const other = owners.get(key);
    if (other === undefined) owners.set(key, guid);
    else report('FILE_DUPLICATE', { guid, other, file }, at);
  }
};
