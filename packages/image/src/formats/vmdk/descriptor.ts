import { SECTOR_SIZE } from '@ploop/descriptor';

const HEADS = 16;
const TRACK_SECTORS = 63;
const MOST_CYLINDERS = 16_383;

/** The text inside an image. The name of the file does not matter: programs read the image that they have opened. */
export function vmdkDescriptor(
  type: 'monolithicSparse' | 'streamOptimized',
  size: number,
  id: Uint8Array,
): Uint8Array {
  const sectors = size / SECTOR_SIZE;
  const cylinders = Math.min(MOST_CYLINDERS, Math.floor(sectors / (HEADS * TRACK_SECTORS)));
  const text = `# Disk DescriptorFile
version=1
CID=${contentId(id)}
parentCID=ffffffff
createType="${type}"

# Extent description
RW ${String(sectors)} SPARSE "disk.vmdk"

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "4"
ddb.geometry.cylinders = "${String(cylinders)}"
ddb.geometry.heads = "${String(HEADS)}"
ddb.geometry.sectors = "${String(TRACK_SECTORS)}"
ddb.adapterType = "lsilogic"
`;
  return new TextEncoder().encode(text);
}

/** Any number but those that mean something; the same for the same disk, so that an export can go on. */
function contentId(id: Uint8Array): string {
  const [number = 0] = new Uint32Array(id.slice(0, 4).buffer);
  return ((number | 1) >>> 0)
    .toString(16)
    .padStart(8, '0')
    .replace(/^ffffffff$/, 'fffffffd');
}
