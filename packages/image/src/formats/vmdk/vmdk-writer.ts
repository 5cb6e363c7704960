import { SECTOR_SIZE } from '@ploop/descriptor';

import { wholePart, type ImagePlan, type ImageWriter, type TablePart } from '../image-writer.ts';
import { GROUP_UNITS, type UnitMap } from '../unit-map.ts';
import { vmdkDescriptor } from './descriptor.ts';
import {
  DESCRIPTOR_SECTORS,
  encodeVmdkHeader,
  GRAIN_BYTES,
  TABLE_GRAINS,
} from './encode-header.ts';

const TABLE_BYTES = TABLE_GRAINS * 4;
const GROUP_TABLES = GROUP_UNITS / TABLE_GRAINS;
/** Places are 32-bit numbers of sectors: room for the tables is kept. */
const MOST_BYTES = 2 ** 41 - 2 ** 30;

/** VMDK, monolithicSparse: one file that grows, with a second copy of its tables. */
export const VMDK_WRITER: ImageWriter = {
  unitBytes: GRAIN_BYTES,
  mostBytes: MOST_BYTES,
  plan: ({ size, units, id }): ImagePlan => {
    const tables = Math.ceil(units.count / TABLE_GRAINS);
    const directoryBytes = Math.ceil((tables * 4) / SECTOR_SIZE) * SECTOR_SIZE;
    const second = (1 + DESCRIPTOR_SECTORS) * SECTOR_SIZE;
    const first = second + directoryBytes + tables * TABLE_BYTES;
    const end = first + directoryBytes + tables * TABLE_BYTES;
    const dataStart = Math.ceil(end / GRAIN_BYTES) * GRAIN_BYTES;
    const header = encodeVmdkHeader({
      ...{ version: 1, flags: 3, compression: 0, size, tables: first, secondTables: second },
      overhead: dataStart,
    });
    return {
      bytes: dataStart + units.stored * GRAIN_BYTES,
      dataStart,
      tables: [
        wholePart(0, header),
        wholePart(SECTOR_SIZE, vmdkDescriptor('monolithicSparse', size, id)),
        ...tableParts(second, directoryBytes, tables, units, dataStart),
        ...tableParts(first, directoryBytes, tables, units, dataStart),
      ],
    };
  },
};

/** A grain directory and its grain tables, all of which are there. */
function tableParts(
  start: number,
  directoryBytes: number,
  tables: number,
  units: UnitMap,
  dataStart: number,
): readonly TablePart[] {
  const tablesStart = start + directoryBytes;
  const directory = new Uint8Array(directoryBytes);
  const view = new DataView(directory.buffer);
  for (let table = 0; table < tables; table += 1)
    view.setUint32(table * 4, (tablesStart + table * TABLE_BYTES) / SECTOR_SIZE, true);
  return [
    wholePart(start, directory),
    ...units.groups.map((group): TablePart => {
      const count = Math.min(GROUP_TABLES, tables - group * GROUP_TABLES);
      return {
        start: tablesStart + group * GROUP_TABLES * TABLE_BYTES,
        ...{ pageBytes: count * TABLE_BYTES, pages: 1 },
        page: () => grainTables(units.places(group), count, dataStart),
      };
    }),
  ];
}

function grainTables(places: Float64Array, tables: number, dataStart: number): Uint8Array {
  const bytes = new Uint8Array(tables * TABLE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [grain, place] of places.subarray(0, tables * TABLE_GRAINS).entries())
    if (place >= 0)
      view.setUint32(grain * 4, (dataStart + place * GRAIN_BYTES) / SECTOR_SIZE, true);
  return bytes;
}
