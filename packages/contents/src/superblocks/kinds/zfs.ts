import { fixedText } from '../../bytes/fields.ts';
import type { Kind } from './kind.ts';

const LIST = 16_384;
const LIST_BYTES = 1024;
const PAIRS = 12;
const MOST_PAIRS = 16;
const TEXT = 9;
const NUMBER = 8;

/** A device of a ZFS pool, by the list in its first label: the name of the pool, and its number as the UUID. */
export const zfs: Kind = ({ bytes, has, view }) => {
  const [list, block] = [bytes(LIST, LIST_BYTES), view(LIST, LIST_BYTES)];
  if (list === undefined || block === undefined) return undefined;
  // Encoded as XDR, of version 0 with unique names, and the first of them.
  const isList = has(LIST, '\x01') && has(LIST + 4, '\0\0\0\0\0\0\0\x01');
  if (!isList || !has(LIST + PAIRS + 8, '\0\0\0\x07version\0')) return undefined;
  const pairs = pairsIn(block, list);
  const [label, uuid] = [pairs.get('name'), pairs.get('pool_guid')];
  return { type: 'zfs', ...(label && { label }), ...(uuid && { uuid }) };
};

function pairsIn(block: DataView, list: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = PAIRS;
  for (let count = 0; count < MOST_PAIRS && at + 12 <= LIST_BYTES; count += 1) {
    const size = block.getUint32(at);
    if (size < 12 || at + size > LIST_BYTES) break;
    const nameBytes = block.getUint32(at + 8);
    const data = at + 12 + padded(nameBytes);
    const value = data + 8 > at + size ? undefined : valueAt(block, list, data, at + size);
    const name = fixedText(list.subarray(at + 12, at + 12 + nameBytes));
    if (name !== undefined && value !== undefined) found.set(name, value);
    at += size;
  }
  return found;
}

/** A text, or a number in decimal digits. */
function valueAt(block: DataView, list: Uint8Array, at: number, end: number): string | undefined {
  const type = block.getUint32(at);
  if (type === NUMBER && at + 16 <= end) return String(block.getBigUint64(at + 8));
  if (type !== TEXT || at + 12 > end) return undefined;
  const length = block.getUint32(at + 8);
  return at + 12 + length > end ? undefined : fixedText(list.subarray(at + 12, at + 12 + length));
}

/** XDR fills texts up to whole words. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
