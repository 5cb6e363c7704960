import { randomUUID } from 'node:crypto';

import { parseGuid, type Guid } from '@ploop/descriptor';

/** A random GUID as the tool makes them: version 4, in braces, in lower case. */
export function generateGuid(): Guid {
  const guid = parseGuid(`{${randomUUID()}}`);
  if (guid === undefined) throw new TypeError('a random UUID is no GUID');
  return guid;
}
