const TAGS: Readonly<Record<number, string>> = {
  0x01: 'user',
  0x02: 'user',
  0x04: 'group',
  0x08: 'group',
  0x10: 'mask',
  0x20: 'other',
};
const NAMED = new Set([0x02, 0x08]);
const VERSION = 2;
const HEADER = 4;
const ENTRY = 8;

/** A POSIX ACL as a text, owners as numbers; `undefined` if the value is not one. */
export function aclText(value: Uint8Array): string | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (value.length < HEADER || view.getUint32(0, true) !== VERSION) return undefined;
  const entries: string[] = [];
  for (let at = HEADER; at + ENTRY <= value.length; at += ENTRY) {
    const tag = view.getUint16(at, true);
    const name = TAGS[tag];
    if (name === undefined) return undefined;
    const who = NAMED.has(tag) ? String(view.getUint32(at + 4, true)) : '';
    entries.push(`${name}:${who}:${permissions(view.getUint16(at + 2, true))}`);
  }
  return entries.join(',');
}

function permissions(bits: number): string {
  return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${(bits & 1) !== 0 ? 'x' : '-'}`;
}
