/** Heads and cylinders of a disk. Nothing reads them. */
export interface DiskGeometry {
  readonly heads: number;
  readonly cylinders: number;
}

/** Sizes in sectors between which a disk looks like an IDE disk of its time. */
const CLASSIC = { above: 1_032_192, below: 16_777_216, heads: 16, sectors: 63 };
const SECTORS = [63, 32, 16, 8];
const HEADS = [16, 8, 4, 2];

/** The geometry that the tool gives to a disk of whole clusters, `size` in sectors. */
export function geometryOf(size: number): DiskGeometry {
  if (size > CLASSIC.above && size < CLASSIC.below) {
    const { heads, sectors } = CLASSIC;
    return { heads, cylinders: Math.floor(size / (heads * sectors)) };
  }
  const linear = { heads: 1, cylinders: size };
  const sectors = SECTORS.find((count) => size % count === 0);
  if (sectors === undefined) return linear;
  const tracks = size / sectors;
  const heads = HEADS.find((count) => tracks % count === 0);
  return heads === undefined ? linear : { heads, cylinders: tracks / heads };
}
