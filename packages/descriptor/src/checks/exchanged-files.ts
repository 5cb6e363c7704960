import { guidKey } from '../guid.ts';
import { everyImage, imagesByGuid } from '../storages.ts';
import type { Check } from './check.ts';

const GUID = /\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}/gi;

/**
 * Images whose file names have each other's GUID. Parallels products name a file by the GUID of its image; the tool names
 * it otherwise, but never two of them by each other. So are files of parts that have each other's number.
 */
export const exchangedFiles: Check = (descriptor, _survey, report) => {
  // A reverse merge exchanges the files of two images.
  if (descriptor.shots.some(({ reverseMerge }) => reverseMerge !== undefined)) return;
  const all = [...everyImage(descriptor)];
  const keyOf = ({ at }: (typeof all)[number], guid: string): string =>
    `${'storage' in at ? String(at.storage) : ''} ${guidKey(guid)}`;
  const byGuid = new Map(all.map((one) => [keyOf(one, one.image.guid), one]));
  const named = (one: (typeof all)[number]): (typeof all)[number] | undefined => {
    const guids = one.image.file.split('/').at(-1)?.match(GUID) ?? [];
    const [guid, ...others] = new Set(guids.map(guidKey));
    return guid === undefined || others.length > 0 ? undefined : byGuid.get(keyOf(one, guid));
  };
  for (const one of all) {
    const other = named(one);
    if (other === undefined || other === one || named(other) !== one) continue;
    const { guid, file } = one.image;
    report('FILES_EXCHANGED', { guid, file, other: other.image.guid }, one.at);
  }
  if (descriptor.storages === undefined) return;
  const parts = descriptor.storages.map(({ images }) => imagesByGuid(images));
  for (const { image, at } of all) {
    const place = 'storage' in at ? at.storage - 1 : 0;
    const part = partOf(image.file);
    if (part === undefined || part === place) continue;
    // The file of that part is in the place of this one.
    const there = parts[part]?.get(guidKey(image.guid));
    if (there === undefined || partOf(there.file) !== place) continue;
    const { guid, file } = image;
    report('FILES_EXCHANGED', { guid, file, other: guid, part, place }, at);
  }
};

/** Parallels products count the parts of a split disk in the names of their files. */
const PART = /\.(\d{1,9})\.\{[^{}/]*\}\.hds$/i;

function partOf(file: string): number | undefined {
  const [, digits] = PART.exec(file) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
