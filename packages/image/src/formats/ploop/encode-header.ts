import { geometryOf } from './geometry.ts';
import { BAT_START, leastFirstBlock } from './layout.ts';

/** What a header is made of; the rest follows from it. */
export interface NewHeader {
  readonly version: 1 | 2;
  /** Sectors. */
  readonly blockSize: number;
  /** Sectors. The tool makes whole clusters only. */
  readonly size: number;
  readonly empty: boolean;
}

const SIGNATURES = { 1: 'WithoutFreeSpace', 2: 'WithouFreSpacExt' };
const DISK_TYPE = 2;

/** Where the in-use mark is in a header. */
export const MARK_AT = 44;

/** The 64 bytes of the header of a closed image, as the tool writes them. */
export function encodeHeader({ version, blockSize, size, empty }: NewHeader): Uint8Array {
  const bytes = new Uint8Array(BAT_START);
  const view = new DataView(bytes.buffer);
  const { heads, cylinders } = geometryOf(size);
  const clusters = Math.ceil(size / blockSize);
  bytes.set(new TextEncoder().encode(SIGNATURES[version]));
  view.setUint32(16, DISK_TYPE, true);
  view.setUint32(20, heads, true);
  view.setUint32(24, cylinders, true);
  view.setUint32(28, blockSize, true);
  view.setUint32(32, clusters, true);
  view.setBigUint64(36, BigInt(size), true);
  view.setUint32(48, leastFirstBlock(clusters, blockSize), true);
  view.setUint32(52, empty ? 1 : 0, true);
  return bytes;
}
