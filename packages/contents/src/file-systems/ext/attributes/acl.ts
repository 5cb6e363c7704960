import { viewOf } from '../../../bytes/fields.ts';

const STORED = { version: 1, header: 4, short: 4, long: 8 };
const SHOWN = { version: 2, header: 4, entry: 8 };
const NAMED = new Set([0x02, 0x08]);
const NO_ID = 0xffffffff;

/**
 * A POSIX ACL as `getxattr(2)` returns it, from the shorter form that ext stores; `undefined` if it is not one. Only named
 * users and groups have an ID in that.
 */
export function shownAcl(stored: Uint8Array): Uint8Array | undefined {
  if (stored.length < STORED.header) return undefined;
  const view = viewOf(stored);
  if (view.getUint32(0, true) !== STORED.version) return undefined;
  const entries: (readonly [tag: number, permissions: number, id: number])[] = [];
  for (let at = STORED.header; at < stored.length;) {
    if (at + STORED.short > stored.length) return undefined;
    const tag = view.getUint16(at, true);
    const isNamed = NAMED.has(tag);
    const length = isNamed ? STORED.long : STORED.short;
    if (at + length > stored.length) return undefined;
    const id = isNamed ? view.getUint32(at + 4, true) : NO_ID;
    entries.push([tag, view.getUint16(at + 2, true), id]);
    at += length;
  }
  const shown = new Uint8Array(SHOWN.header + entries.length * SHOWN.entry);
  const target = viewOf(shown);
  target.setUint32(0, SHOWN.version, true);
  for (const [index, [tag, permissions, id]] of entries.entries()) {
    const at = SHOWN.header + index * SHOWN.entry;
    target.setUint16(at, tag, true);
    target.setUint16(at + 2, permissions, true);
    target.setUint32(at + 4, id, true);
  }
  return shown;
}
