import { viewOf } from '../bytes/fields.ts';

const SHOWN = { version: 2, header: 4, entry: 8 };
/** A named user or group: no other entry has an ID. */
const NAMED = new Set([0x02, 0x08]);
const NO_ID = 0xffffffff;

/** An entry of a POSIX ACL. */
export interface AclEntry {
  readonly tag: number;
  readonly permissions: number;
  readonly id: number;
}

/** Whether an entry names a user or a group by an ID. */
export function isNamed(tag: number): boolean {
  return NAMED.has(tag);
}

/** A POSIX ACL as `getxattr(2)` returns it. */
export function aclOf(entries: readonly AclEntry[]): Uint8Array {
  const shown = new Uint8Array(SHOWN.header + entries.length * SHOWN.entry);
  const target = viewOf(shown);
  target.setUint32(0, SHOWN.version, true);
  for (const [index, { tag, permissions, id }] of entries.entries()) {
    const at = SHOWN.header + index * SHOWN.entry;
    target.setUint16(at, tag, true);
    target.setUint16(at + 2, permissions, true);
    target.setUint32(at + 4, isNamed(tag) ? id : NO_ID, true);
  }
  return shown;
}
