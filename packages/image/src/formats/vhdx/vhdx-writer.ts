import { wholePart, type ImagePlan, type ImageWriter, type TablePart } from '../image-writer.ts';
import { GROUP_UNITS, type UnitMap } from '../unit-map.ts';
import { encodeFileIdentifier, encodeHeader, encodeRegionTable } from './header-section.ts';
import { encodeMetadata } from './metadata.ts';

const MIB = 2 ** 20;
/** Bytes of a block: the smallest, as holes of ploop images are as small. */
const BLOCK_BYTES = MIB;
const MOST_BYTES = 64 * 2 ** 40;
/** After so many payload blocks the BAT has the entry of a sector bitmap block, which only disks with a parent use. */
const CHUNK_BLOCKS = (2 ** 23 * 512) / BLOCK_BYTES;
const FULLY_PRESENT = 6;

/** Bytes of the file. The log is there and empty. */
const LOG = { offset: MIB, length: MIB };
const METADATA = { offset: 2 * MIB, length: MIB };
const BAT_OFFSET = 3 * MIB;

/** VHDX, dynamic: version 1, blocks of 1 MiB, sectors of 512 bytes, nothing in the log. */
export const VHDX_WRITER: ImageWriter = {
  unitBytes: BLOCK_BYTES,
  mostBytes: MOST_BYTES,
  plan: ({ size, units, id }): ImagePlan => {
    const entries = units.count + Math.max(0, Math.floor((units.count - 1) / CHUNK_BLOCKS));
    const batBytes = Math.max(1, Math.ceil((entries * 8) / MIB)) * MIB;
    const dataStart = BAT_OFFSET + batBytes;
    const regions = encodeRegionTable({
      bat: { offset: BAT_OFFSET, length: batBytes },
      metadata: METADATA,
    });
    return {
      bytes: dataStart + units.stored * BLOCK_BYTES,
      dataStart,
      tables: [
        wholePart(0, encodeFileIdentifier()),
        wholePart(2 ** 16, encodeHeader(1, id, LOG)),
        wholePart(2 * 2 ** 16, encodeHeader(2, id, LOG)),
        wholePart(3 * 2 ** 16, regions),
        wholePart(4 * 2 ** 16, regions),
        wholePart(METADATA.offset, encodeMetadata({ size, blockBytes: BLOCK_BYTES, id })),
        ...batParts(units, entries, dataStart),
      ],
    };
  },
};

/** The entries of the groups that hold anything: the rest says that nothing is there. */
function batParts(units: UnitMap, entries: number, dataStart: number): readonly TablePart[] {
  return units.groups.map((group) => {
    const first = entryOf(group * GROUP_UNITS);
    const end = Math.min(entries, entryOf((group + 1) * GROUP_UNITS - 1) + 1);
    return {
      ...{ start: BAT_OFFSET + first * 8, pageBytes: (end - first) * 8, pages: 1 },
      page: () => {
        const bytes = new Uint8Array((end - first) * 8);
        const view = new DataView(bytes.buffer);
        for (const [index, place] of units.places(group).entries())
          if (place >= 0) {
            const at = (entryOf(group * GROUP_UNITS + index) - first) * 8;
            const entry = dataStart + place * BLOCK_BYTES + FULLY_PRESENT;
            view.setBigUint64(at, BigInt(entry), true);
          }
        return bytes;
      },
    };
  });
}

/** The entry of a payload block, those of sector bitmap blocks counted. */
function entryOf(block: number): number {
  return block + Math.floor(block / CHUNK_BLOCKS);
}
