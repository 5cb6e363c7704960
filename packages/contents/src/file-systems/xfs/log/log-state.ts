import type { Steps } from '@ploop/descriptor/internal';

import { viewOf } from '../../../bytes/fields.ts';
import type { Device } from '../../../device/line-cache.ts';
import { blockOf, type Superblock } from '../layout/superblock.ts';

/** Whether a log has to be replayed; `unreadable` if that cannot be seen. */
export type LogState = 'clean' | 'dirty' | 'external' | 'unreadable';

/** A log is counted in these. */
const SECTOR = 512;
const MAGIC = 0xfeedbabe;
/** Offsets of fields in the first sector of a record. */
const RECORD = { cycle: 4, version: 8, length: 12, operations: 40, size: 320 };
/** A header has a sector for each of these bytes of the largest record. */
const HEADER_COVERS = 32_768;
/** Offset of the flags in an operation, which begins the data. */
const OPERATION = { flags: 9, unmount: 0x20 };
/** The longest record, with its header. */
const MOST_SECTORS = 1024;

/**
 * Whether the log ends with the record of an unmount. Each sector begins with the number of the round in which it was
 * written: where that changes, the log ends.
 */
export function* logState(device: Device, superblock: Superblock): Steps<LogState> {
  const { logStart, logBlocks, blockSize } = superblock;
  if (logStart === 0) return 'external';
  const first = blockOf(superblock, logStart);
  const sectors = (logBlocks * blockSize) / SECTOR;
  if (first === undefined || sectors === 0) return 'unreadable';

  function* sector(index: number): Steps<DataView | undefined> {
    const at = (first ?? 0) * blockSize + (((index % sectors) + sectors) % sectors) * SECTOR;
    const bytes = yield* device.bytes(at, SECTOR);
    return bytes && viewOf(bytes);
  }

  const end = yield* endOf(sector, sectors);
  if (end === undefined) return 'unreadable';
  for (let back = 1; back <= Math.min(sectors, MOST_SECTORS); back += 1) {
    const header = yield* sector(end - back);
    if (header === undefined) return 'unreadable';
    if (header.getUint32(0) !== MAGIC) continue;
    return (yield* isUnmount(sector, header, { start: end - back, length: back }))
      ? 'clean'
      : 'dirty';
  }
  return 'unreadable';
}

type SectorReader = (index: number) => Steps<DataView | undefined>;

/** The sector after the one that was written last. */
function* endOf(sector: SectorReader, sectors: number): Steps<number | undefined> {
  const round = roundOf(yield* sector(0));
  const last = roundOf(yield* sector(sectors - 1));
  if (round === undefined || last === undefined) return undefined;
  if (round === last) return sectors;
  let [low, high] = [0, sectors - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const found = roundOf(yield* sector(middle));
    if (found === undefined) return undefined;
    if (found === round) low = middle;
    else high = middle;
  }
  return high;
}

function roundOf(sector: DataView | undefined): number | undefined {
  if (sector === undefined) return undefined;
  const first = sector.getUint32(0);
  return first === MAGIC ? sector.getUint32(RECORD.cycle) : first;
}

/** Whether a record says that the file system was unmounted, and is the last one of the log, and complete. */
function* isUnmount(
  sector: SectorReader,
  header: DataView,
  { start, length }: { readonly start: number; readonly length: number },
): Steps<boolean> {
  const largest = (header.getUint32(RECORD.version) & 2) === 0 ? 0 : header.getUint32(RECORD.size);
  const headers = Math.max(1, Math.ceil(largest / HEADER_COVERS));
  const data = Math.ceil(header.getUint32(RECORD.length) / SECTOR);
  if (header.getUint32(RECORD.operations) !== 1 || headers + data !== length) return false;
  const operation = yield* sector(start + headers);
  return operation !== undefined && (operation.getUint8(OPERATION.flags) & OPERATION.unmount) !== 0;
}
