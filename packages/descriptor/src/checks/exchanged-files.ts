import { guidKey } from '../guid.ts';
import { everyImage } from '../storages.ts';
import type { Check } from './check.ts';

const GUID = /\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}/gi;

/**
 * Images whose file names have each other's GUID. Parallels products name a file by the GUID of its image; the tool names
 * it otherwise, but never two of them by each other.
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
};
