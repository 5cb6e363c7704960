declare const unitBrand: unique symbol;

/** A count of 512-byte sectors, whatever the sector size of the device below. */
export type Sectors = number & { readonly [unitBrand]: 'sectors' };

/** A count of bytes. */
export type Bytes = number & { readonly [unitBrand]: 'bytes' };

/** Bytes in a sector. */
export const SECTOR_SIZE = 512;

/** Smallest and largest cluster that any release accepts, in sectors: 32 KiB and 64 MiB. */
export const CLUSTER_SECTORS: { readonly min: number; readonly max: number } = {
  min: 64,
  max: 131072,
};

/** Marks a number of sectors as such. */
export function sectors(count: number): Sectors {
  return count as Sectors;
}

/** Marks a number of bytes as such. */
export function bytes(count: number): Bytes {
  return count as Bytes;
}

/** Sectors as bytes. Exact up to 2^53 bytes (8 PiB). */
export function toBytes(count: Sectors): Bytes {
  return bytes(count * SECTOR_SIZE);
}

/** Bytes as sectors, or `undefined` where that is not a whole number. */
export function toSectors(count: Bytes): Sectors | undefined {
  return count % SECTOR_SIZE === 0 ? sectors(count / SECTOR_SIZE) : undefined;
}

/** Whether `count` sectors can be a cluster: a power of two from 64 to 131072. */
export function isClusterSize(count: number): boolean {
  return (
    Number.isInteger(count) &&
    count >= CLUSTER_SECTORS.min &&
    count <= CLUSTER_SECTORS.max &&
    (count & (count - 1)) === 0
  );
}
