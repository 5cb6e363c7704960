import { SECTOR_SIZE, sectors, toBytes } from '@ploop/descriptor';
import { fill, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import type { DirtyBitmap, ElementHead } from './extension-elements.ts';
import type { PloopDescription } from '../ploop-description.ts';

const FIXED_BYTES = 32;
const TABLE_BYTES = 8;
const PIECE_TABLES = 8_192;

/** A dirty bitmap, without its bits; `undefined` where the element is too short for one. */
export function* readDirtyBitmap(
  source: ImageSource,
  { size, blockSize, fileBytes, layout }: PloopDescription,
  { at, bytes, necessary, transit }: ElementHead,
): Steps<DirtyBitmap | undefined> {
  if (bytes < FIXED_BYTES) return undefined;
  const fixed = new Uint8Array(FIXED_BYTES);
  yield* fill(source, fixed, at);
  const view = new DataView(fixed.buffer);
  const stated = view.getBigUint64(0, true);
  const granularity = view.getUint32(24, true);
  const count = view.getUint32(28, true);
  const clusterBytes = toBytes(blockSize);
  const common = {
    kind: 'dirty-bitmap' as const,
    id: idOf(fixed.subarray(8, 24)),
    size: stated,
    granularity: sectors(granularity),
    necessary,
    transit,
  };
  const none = { count, clean: 0, dirty: 0 };
  if (FIXED_BYTES + count * TABLE_BYTES > bytes)
    return { ...common, tables: none, fault: 'its table is longer than the element' };
  const { clean, dirty, lost } = yield* countTables(
    source,
    at + FIXED_BYTES,
    count,
    (offset) => offset >= (layout?.dataStart ?? 0) && offset + clusterBytes <= fileBytes,
  );
  const fault =
    size === undefined || stated !== BigInt(size)
      ? 'it is about a disk of another size'
      : granularity === 0
        ? 'its granularity is 0'
        : count > 0 && count !== tablesFor(size, granularity, clusterBytes)
          ? 'its table has another length than the disk needs'
          : lost
            ? 'a part of it is before the data or beyond the end of the file'
            : undefined;
  const tables = { count, clean, dirty };
  return { ...common, tables, ...(fault === undefined ? {} : { fault }) };
}

function tablesFor(size: number, granularity: number, clusterBytes: number): number {
  return Math.ceil(Math.ceil(Math.ceil(size / granularity) / 8) / clusterBytes);
}

function* countTables(
  source: ImageSource,
  start: number,
  count: number,
  isThere: (offset: number) => boolean,
): Steps<{ readonly clean: number; readonly dirty: number; readonly lost: boolean }> {
  let [clean, dirty, lost] = [0, 0, false];
  for (let first = 0; first < count; first += PIECE_TABLES) {
    const piece = new Uint8Array(Math.min(PIECE_TABLES, count - first) * TABLE_BYTES);
    yield* fill(source, piece, start + first * TABLE_BYTES);
    const view = new DataView(piece.buffer);
    for (let at = 0; at < piece.length; at += TABLE_BYTES) {
      const table = view.getBigUint64(at, true);
      if (table === 0n) clean += 1;
      else if (table === 1n) dirty += 1;
      else if (!isThere(Number(table) * SECTOR_SIZE)) lost = true;
    }
  }
  return { clean, dirty, lost };
}

function idOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
