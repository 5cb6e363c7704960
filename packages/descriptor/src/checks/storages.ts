import { guidKey } from '../guid.ts';
import { imagesByGuid, reportRanges } from '../storages.ts';
import type { Check } from './check.ts';

/** The parts of a split disk: their ranges, and whether each has one image for each shot. */
export const storages: Check = (descriptor, { links }, report) => {
  const { storages: parts = [], shots } = descriptor;
  const distinct = shots.filter((_, index) => links.firsts[index] === index);
  reportRanges(descriptor, report);
  for (const [index, { images }] of parts.entries()) {
    // The first part is what the other checks look at.
    if (index === 0) continue;
    const storage = index + 1;
    const byGuid = imagesByGuid(images);
    for (const [image, { guid }] of images.entries()) {
      if (byGuid.get(guidKey(guid)) !== images[image])
        report('GUID_DUPLICATE', { guid }, { storage, image });
      if (links.indexOf(guid) < 0) report('IMAGE_WITHOUT_SHOT', { guid }, { storage, image });
    }
    // Takes at most one step more than the part has images.
    const missing = distinct.find(({ guid }) => !byGuid.has(guidKey(guid)));
    if (missing !== undefined)
      report('STORAGE_IMAGE_MISSING', { storage, guid: missing.guid }, { storage });
  }
};
