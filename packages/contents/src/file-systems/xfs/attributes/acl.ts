import { viewOf } from '../../../bytes/fields.ts';
import { aclOf } from '../../../tree/acl.ts';

const HEADER = 4;
const ENTRY = 12;

/** A POSIX ACL as `getxattr(2)` returns it, from the form that XFS stores; `undefined` if it is not one. */
export function shownAcl(stored: Uint8Array): Uint8Array | undefined {
  if (stored.length < HEADER) return undefined;
  const view = viewOf(stored);
  const count = view.getUint32(0);
  if (HEADER + count * ENTRY > stored.length) return undefined;
  return aclOf(
    Array.from({ length: count }, (_, index) => {
      const at = HEADER + index * ENTRY;
      return {
        tag: view.getUint32(at),
        id: view.getUint32(at + 4),
        permissions: view.getUint16(at + 8),
      };
    }),
  );
}
