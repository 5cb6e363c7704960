import { viewOf } from '../../../bytes/fields.ts';
import { aclOf, isNamed, type AclEntry } from '../../../tree/acl.ts';

const STORED = { version: 1, header: 4, short: 4, long: 8 };

/**
 * A POSIX ACL as `getxattr(2)` returns it, from the shorter form that ext stores; `undefined` if it is not one. Only named
 * users and groups have an ID in that.
 */
export function shownAcl(stored: Uint8Array): Uint8Array | undefined {
  if (stored.length < STORED.header) return undefined;
  const view = viewOf(stored);
  if (view.getUint32(0, true) !== STORED.version) return undefined;
  const entries: AclEntry[] = [];
  for (let at = STORED.header; at < stored.length;) {
    if (at + STORED.short > stored.length) return undefined;
    const tag = view.getUint16(at, true);
    const length = isNamed(tag) ? STORED.long : STORED.short;
    if (at + length > stored.length) return undefined;
    const id = isNamed(tag) ? view.getUint32(at + 4, true) : 0;
    entries.push({ tag, permissions: view.getUint16(at + 2, true), id });
    at += length;
  }
  return aclOf(entries);
}
