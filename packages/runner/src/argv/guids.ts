import { NIL_GUID, parseGuid, sameGuid, TOP_GUID, type Guid } from '@ploop/descriptor';
import { shown } from '@ploop/descriptor/arguments';

import { RefusedError } from '../errors/errors.ts';

/**
 * A GUID as argument, as it is spelled.
 *
 * @throws RefusedError `GUID_INVALID`
 */
export function guidText(guid: Guid): string {
  if (parseGuid(guid) === undefined)
    throw new RefusedError('GUID_INVALID', `${shown(guid)} is not a GUID in braces`);
  return guid;
}

/**
 * The GUID of a snapshot that is to be made. Zeros mean "no parent": all that is below such a snapshot reads as zeros, and
 * the tool exits with 0.
 *
 * @throws RefusedError `GUID_INVALID`
 */
export function newGuidText(guid: Guid): string {
  guidText(guid);
  if (sameGuid(guid, NIL_GUID) || sameGuid(guid, TOP_GUID))
    throw new RefusedError(
      'GUID_INVALID',
      `${guid} has a fixed meaning in descriptors`,
      'Leave the GUID out, or give a random one.',
    );
  return guid;
}

/** {@link guidText} of what may be absent. */
export function optionalGuid(guid: Guid | undefined): string | undefined {
  return guid === undefined ? undefined : guidText(guid);
}
