import { guidKey, sameGuid } from '../guid.ts';
import type { Check } from './check.ts';

/**
 * GUIDs with capitals. Look-ups ignore case, but some comparisons with the top do not: switching to the top in another
 * spelling than TopGUID's destroys the disk in every release.
 */
export const guidCase: Check = ({ topGuid, images, shots }, _graph, report) => {
  const isCapital = (guid: string): boolean => guid !== guidKey(guid);
  for (const [index, { guid }] of images.entries()) {
    if (topGuid !== undefined && sameGuid(guid, topGuid)) {
      if (guid !== topGuid || isCapital(guid))
        report('TOP_GUID_CASE', { guid, topGuid }, { image: index });
    } else if (isCapital(guid)) report('GUID_CASE', { guid }, { image: index });
  }
  for (const [index, { guid, parentGuid }] of shots.entries()) {
    if (topGuid !== undefined && sameGuid(guid, topGuid)) {
      if (guid !== topGuid || isCapital(guid))
        report('TOP_GUID_CASE', { guid, topGuid }, { shot: index });
    } else if (isCapital(guid)) report('GUID_CASE', { guid }, { shot: index });
    if (isCapital(parentGuid)) report('GUID_CASE', { guid: parentGuid }, { shot: index });
  }
};
