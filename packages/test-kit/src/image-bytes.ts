/** The header of a ploop image; what is left out is as in a healthy image of 64 clusters. */
export interface HeaderFields {
  readonly version?: 1 | 2;
  readonly signature?: string;
  readonly type?: number;
  /** Sectors in a cluster. */
  readonly blockSize?: number;
  /** Virtual clusters. */
  readonly clusters?: number;
  /** Sectors. */
  readonly size?: bigint;
  readonly mark?: number;
  /** Sectors. */
  readonly firstBlock?: number;
  readonly flags?: number;
  /** Sectors. */
  readonly extension?: bigint;
}

/**
 * The bytes of a small ploop image: `bat` has the entries as stored, `dataClusters` clusters follow the header, each
 * filled with its number in the file.
 */
export function imageBytes(
  {
    version = 2,
    signature = version === 1 ? 'WithoutFreeSpace' : 'WithouFreSpacExt',
    type = 2,
    blockSize = 64,
    clusters = 64,
    size = BigInt(clusters * blockSize),
    mark = 0,
    firstBlock = Math.ceil((64 + 4 * clusters) / (blockSize * 512)) * blockSize,
    flags = 0,
    extension = 0n,
  }: HeaderFields = {},
  bat: readonly number[] = [],
  dataClusters = bat.length,
): Uint8Array {
  const clusterBytes = blockSize * 512;
  const bytes = new Uint8Array(firstBlock * 512 + dataClusters * clusterBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(signature).subarray(0, 16));
  const words = { 16: type, 20: 16, 24: 4, 28: blockSize, 32: clusters, 44: mark };
  for (const [offset, value] of Object.entries(words)) view.setUint32(Number(offset), value, true);
  view.setBigUint64(36, size, true);
  view.setUint32(48, firstBlock, true);
  view.setUint32(52, flags, true);
  view.setBigUint64(56, extension, true);
  for (const [index, entry] of bat.entries()) view.setUint32(64 + 4 * index, entry, true);
  for (let at = firstBlock * 512; at < bytes.length; at += clusterBytes)
    bytes.fill(at / clusterBytes, at, at + clusterBytes);
  return bytes;
}
