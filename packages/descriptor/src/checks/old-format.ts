import { sameGuid, TOP_GUID } from '../guid.ts';
import type { Check } from './check.ts';

/** A top that is not the constant: releases up to 1.15 refuse to snapshot, switch or delete, later ones convert. */
export const oldFormat: Check = ({ topGuid, volume }, { top }, report) => {
  if (topGuid === undefined || volume !== undefined || sameGuid(topGuid, TOP_GUID)) return;
  report('OLD_FORMAT', { guid: topGuid }, { shot: top });
};
