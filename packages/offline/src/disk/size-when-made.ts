import { type DiskDescriptor, sectors, toBytes, type Bytes } from '@ploop/descriptor';
import { geometryOf } from '@ploop/image/internal';

/** Sectors per track that the tool chooses from. */
const SECTORS_PER_TRACK = [63, 32, 16, 8, 1];

/**
 * How many bytes a disk had at least when it was made; undefined if its geometry is not that of the tool for any size up
 * to the present one. The tool keeps cylinders and heads when a disk grows.
 */
export function sizeWhenMade({
  geometry: { cylinders, heads },
  size,
}: Pick<DiskDescriptor, 'geometry' | 'size'>): Bytes | undefined {
  const sizes = SECTORS_PER_TRACK.map((count) => cylinders * heads * count).filter((made) => {
    if (made === 0 || made > size) return false;
    const geometry = geometryOf(made);
    return geometry.cylinders === cylinders && geometry.heads === heads;
  });
  const [least] = sizes.toSorted((one, other) => one - other);
  return least === undefined ? undefined : toBytes(sectors(least));
}
