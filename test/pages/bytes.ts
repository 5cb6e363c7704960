/** Writes a 32-bit word of an image. */
export const word =
  (offset: number, value: number) =>
  (bytes: Buffer): undefined => {
    bytes.writeUInt32LE(value, offset);
    return undefined;
  };

/** Writes the size in the header of an image, in sectors. */
export const setSize =
  (sectors: number) =>
  (bytes: Buffer): undefined => {
    bytes.writeBigUInt64LE(BigInt(sectors), 36);
    return undefined;
  };

const isVersion1 = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, 16) === 'WithoutFreeSpace';

/** Lets a cluster of the disk be at a sector of the file. */
export function batEntry(bytes: Buffer, cluster: number, sector: number, blockSize: number): void {
  bytes.writeUInt32LE(isVersion1(bytes) ? sector : sector / blockSize, 64 + 4 * cluster);
}

/** The sector of the file where a cluster of the disk is. */
export function entryAt(bytes: Buffer, cluster: number, blockSize: number): number {
  const entry = bytes.readUInt32LE(64 + 4 * cluster);
  return isVersion1(bytes) ? entry : entry * blockSize;
}
