import { uuidOf } from '../../bytes/fields.ts';
import { isPower, sizeOf, type Kind } from './kind.ts';

const HEADER = 1024;

/** HFS+ and HFSX. */
export const hfsplus: Kind = ({ has, view }) => {
  const block = view(HEADER, 512);
  if (block === undefined || !(has(HEADER, 'H+') || has(HEADER, 'HX'))) return undefined;
  const [version, blockSize] = [block.getUint16(2), block.getUint32(40)];
  if (version < 4 || version > 5 || !isPower(blockSize, 512, 2 ** 31)) return undefined;
  return { type: 'hfsplus', size: sizeOf(block.getUint32(44), blockSize) };
};

/** HFS, also as a wrapper around HFS+. */
export const hfs: Kind = ({ bytes, has, view }) => {
  const block = view(HEADER, 64);
  if (block === undefined || !has(HEADER, 'BD')) return undefined;
  const [blocks, blockSize, first] = [
    block.getUint16(18),
    block.getUint32(20),
    block.getUint16(28),
  ];
  const name = bytes(HEADER + 36, 28);
  const length = name?.[0] ?? 0;
  if (blockSize === 0 || blockSize % 512 !== 0 || length > 27) return undefined;
  return {
    type: 'hfs',
    label: new TextDecoder('macintosh').decode(name?.subarray(1, 1 + length)) || undefined,
    // The last two sectors are after the blocks.
    size: sizeOf(BigInt(blocks) * BigInt(blockSize) + BigInt(first + 2) * 512n, 1),
  };
};

/** The container of APFS. */
export const apfs: Kind = ({ bytes, has, view }) => {
  const block = view(0, 88);
  if (block === undefined || !has(32, 'NXSB')) return undefined;
  const blockSize = block.getUint32(36, true);
  if (!isPower(blockSize, 4096, 65_536)) return undefined;
  const uuid = bytes(72, 16);
  return {
    type: 'apfs',
    uuid: uuid && uuidOf(uuid),
    size: sizeOf(block.getBigUint64(40, true), blockSize),
  };
};
