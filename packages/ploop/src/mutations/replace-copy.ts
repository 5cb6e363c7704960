import { copyFault } from '@ploop/offline';
import { RefusedError } from '@ploop/runner';

/**
 * Refuses a file that cannot be a copy of an image, by its length, header and block table: releases 7 and later put any
 * image in. What the blocks hold is not compared.
 *
 * @throws RefusedError `REPLACEMENT_DIFFERS`
 */
export async function refuseOther(image: string, copy: string): Promise<void> {
  const fault = await copyFault(image, copy);
  if (fault === undefined) return;
  if ('differs' in fault)
    throw new RefusedError(
      'REPLACEMENT_DIFFERS',
      `${copy} is not a copy of ${image}: its ${fault.differs} is another`,
      'Copy the image that is to be replaced, with its holes or without.',
    );
  throw new RefusedError(
    'REPLACEMENT_DIFFERS',
    `${fault.unreadable} cannot be compared: ${fault.reason}`,
    'An image is replaced by a copy of it, so both have to be there.',
  );
}
