import { sameGuid, TOP_GUID } from '../guid.ts';
import { hasConstantAbove, type Check } from './check.ts';

/** A top that is not the constant: releases 1.11 to 7.0.88 refuse to snapshot, switch or delete, others convert. */
export const oldFormat: Check = ({ topGuid, volume, images, shots }, { links, top }, report) => {
  if (topGuid === undefined || volume !== undefined || sameGuid(topGuid, TOP_GUID)) return;
  // A GUID that no shot has says nothing about the format.
  if (shots[top] === undefined) return;
  const isTaken = [...images, ...shots].some(({ guid }) => sameGuid(guid, TOP_GUID));
  const isAbove = hasConstantAbove(links, top);
  report(
    'OLD_FORMAT',
    {
      guid: topGuid,
      ...(isTaken && { constantTaken: true as const }),
      ...(isAbove && { constantAbove: true as const }),
    },
    { shot: top },
  );
};
