import { guidKey } from '../guid.ts';
import type { Subject } from '../diagnostics/report-finding.ts';
import type { Check } from './check.ts';

/**
 * GUIDs with capitals. Look-ups ignore case, but some comparisons with the top do not: switching to the top in another
 * spelling than TopGUID's destroys the disk in every release.
 */
export const guidCase: Check = ({ topGuid, images, shots }, _survey, report) => {
  const topKey = topGuid === undefined ? undefined : guidKey(topGuid);
  const look = (guid: string, subject: Subject): void => {
    const key = guidKey(guid);
    if (topGuid !== undefined && key === topKey) {
      if (guid !== topGuid || guid !== key) report('TOP_GUID_CASE', { guid, topGuid }, subject);
    } else if (guid !== key) report('GUID_CASE', { guid }, subject);
  };
  for (const [image, { guid }] of images.entries()) look(guid, { image });
  for (const [shot, { guid, parentGuid }] of shots.entries()) {
    look(guid, { shot });
    if (parentGuid !== guidKey(parentGuid)) report('GUID_CASE', { guid: parentGuid }, { shot });
  }
};
