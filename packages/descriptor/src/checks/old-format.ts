import { sameGuid, TOP_GUID } from '../guid.ts';
import type { Check } from './check.ts';

/** A top that is not the constant: releases 1.11 to 7.0.88 refuse to snapshot, switch or delete, others convert. */
export const oldFormat: Check = ({ topGuid, volume, images, shots }, { top }, report) => {
  if (topGuid === undefined || volume !== undefined || sameGuid(topGuid, TOP_GUID)) return;
  const isTaken = [...images, ...shots].some(({ guid }) => sameGuid(guid, TOP_GUID));
  const data = { guid: topGuid, ...(isTaken ? { constantTaken: true as const } : {}) };
  report('OLD_FORMAT', data, { shot: top });
};
