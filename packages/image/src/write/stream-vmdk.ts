import { SECTOR_SIZE } from '@ploop/descriptor';

import type { ChainContent } from '../chain/open-chain.ts';
import { surveyUnits } from '../chain/survey-units.ts';
import { vmdkDescriptor } from '../formats/vmdk/descriptor.ts';
import { encodeVmdkHeader, GRAIN_BYTES, TABLE_GRAINS } from '../formats/vmdk/encode-header.ts';
import { compressedUnits, type CompressOptions } from './compressed-units.ts';

/** What kind of part follows a marker. */
const MARKER = { end: 0, table: 1, directory: 2, footer: 3 } as const;
/** A newline test, compressed grains, and markers. */
const FLAGS = 0x3_0001;
const GRAIN_SECTORS = GRAIN_BYTES / SECTOR_SIZE;
const GRAIN_HEADER = 12;
/** Sectors before the first grain. */
const OVERHEAD = 128;

/** Writes a disk as a VMDK image of type streamOptimized, from its first byte to its last. `deflate` has to make zlib data. */
export async function streamVmdk(
  disk: ChainContent,
  { size, id }: { readonly size: number; readonly id: Uint8Array },
  options: CompressOptions,
): Promise<{ readonly fileBytes: number; readonly data: number }> {
  const { reached, signal } = options;
  const units = await surveyUnits(disk, GRAIN_BYTES, { signal });
  let [position, data] = [0, 0];
  const append = async (bytes: Uint8Array): Promise<void> => {
    await options.write(bytes, position);
    position += bytes.length;
  };
  const header = (tables: number): Uint8Array =>
    encodeVmdkHeader({
      ...{ version: 3, flags: FLAGS, compression: 1, size, tables, secondTables: 0 },
      overhead: OVERHEAD * SECTOR_SIZE,
    });
  const start = new Uint8Array(OVERHEAD * SECTOR_SIZE);
  start.set(header(Infinity));
  start.set(vmdkDescriptor('streamOptimized', size, id), SECTOR_SIZE);
  await append(start);

  const directory = new Uint32Array(Math.ceil(units.count / TABLE_GRAINS));
  let table: { readonly number: number; readonly entries: Uint32Array } | undefined;
  const closeTable = async (): Promise<void> => {
    if (table === undefined) return;
    directory[table.number] = position / SECTOR_SIZE + 1;
    await append(marked(MARKER.table, little(table.entries)));
    table = undefined;
  };
  for (const group of units.groups)
    for await (const batch of compressedUnits(disk, units, group, options)) {
      for (const { unit, deflated } of batch) {
        if (deflated === undefined) continue;
        const number = Math.floor(unit / TABLE_GRAINS);
        if (table?.number !== number) await closeTable();
        table ??= { number, entries: new Uint32Array(TABLE_GRAINS) };
        table.entries[unit % TABLE_GRAINS] = position / SECTOR_SIZE;
        await append(grainOf(unit, deflated));
        data += Math.min(GRAIN_BYTES, disk.size - unit * GRAIN_BYTES);
      }
      signal.throwIfAborted();
      const last = batch.at(-1);
      if (last !== undefined) reached(Math.min(disk.size, (last.unit + 1) * GRAIN_BYTES));
    }
  await closeTable();
  const tables = position + SECTOR_SIZE;
  await append(marked(MARKER.directory, little(directory)));
  await append(marked(MARKER.footer, header(tables)));
  await append(marked(MARKER.end, new Uint8Array()));
  return { fileBytes: position, data };
}

/** A compressed grain: its first sector of the disk, its length, its data, and zeros up to a whole sector. */
function grainOf(unit: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(wholeSectors(GRAIN_HEADER + data.length));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(unit * GRAIN_SECTORS), true);
  view.setUint32(8, data.length, true);
  bytes.set(data, GRAIN_HEADER);
  return bytes;
}

/** A marker and what it announces. */
function marked(type: number, content: Uint8Array): Uint8Array {
  const length = wholeSectors(content.length);
  const bytes = new Uint8Array(SECTOR_SIZE + length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length / SECTOR_SIZE), true);
  view.setUint32(12, type, true);
  bytes.set(content, SECTOR_SIZE);
  return bytes;
}

function little(entries: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(entries.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, entry] of entries.entries()) view.setUint32(index * 4, entry, true);
  return bytes;
}

function wholeSectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR_SIZE) * SECTOR_SIZE;
}
