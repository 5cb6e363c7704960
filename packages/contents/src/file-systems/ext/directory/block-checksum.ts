import { viewOf } from '../../../bytes/fields.ts';
import { checksum } from '../layout/checksums.ts';

const TAIL = { bytes: 12, type: 0xde };
/** Beginning of the table of a node of a hash tree: `limit` and `count`. */
const ROOT_TABLE = 0x20;
const NODE_TABLE = 8;
const TABLE_ENTRY = 8;
const NO_CHECKSUM = 0;

/**
 * Whether the checksum of a block of a directory is right. `index` counts the blocks of the directory. What became a node
 * of a hash tree can still have the end of a list of entries, and the other way round: either checksum is enough.
 */
export function isDirectoryBlockIntact(
  seed: number,
  bytes: Uint8Array,
  index: number,
  isHashed: boolean,
): boolean {
  if (isHashed && isTableIntact(seed, bytes, index === 0 ? ROOT_TABLE : NODE_TABLE)) return true;
  const view = viewOf(bytes);
  const tail = bytes.length - TAIL.bytes;
  if (view.getUint32(tail, true) !== 0 || bytes[tail + 7] !== TAIL.type) return false;
  return checksum(seed, bytes.subarray(0, tail)) === view.getUint32(bytes.length - 4, true);
}

/** Nodes have their checksum after the table that they have place for. */
function isTableIntact(seed: number, bytes: Uint8Array, table: number): boolean {
  const view = viewOf(bytes);
  const [limit, count] = [view.getUint16(table, true), view.getUint16(table + 2, true)];
  const tail = table + limit * TABLE_ENTRY;
  if (count > limit || tail + 8 > bytes.length) return false;
  const own = checksum(
    seed,
    bytes.subarray(0, table + count * TABLE_ENTRY),
    bytes.subarray(tail, tail + 4),
    NO_CHECKSUM,
  );
  return own === view.getUint32(tail + 4, true);
}
