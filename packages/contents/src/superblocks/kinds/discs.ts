import { isPower, paddedText, sizeOf, type Kind } from './kind.ts';

const DESCRIPTOR = 32_768;
const PRIMARY = '\x01';

/** ISO 9660. */
export const iso9660: Kind = ({ bytes, has, view }) => {
  const block = view(DESCRIPTOR, 256);
  if (block === undefined || !has(DESCRIPTOR + 1, 'CD001')) return undefined;
  const blockSize = block.getUint16(128, true);
  if (!has(DESCRIPTOR, PRIMARY) || !isPower(blockSize, 512, 2048)) return { type: 'iso9660' };
  return {
    type: 'iso9660',
    label: paddedText(bytes(DESCRIPTOR + 40, 32)),
    size: sizeOf(block.getUint32(80, true), blockSize),
  };
};

/** UDF without ISO 9660. */
export const udf: Kind = ({ has }) => (has(DESCRIPTOR + 1, 'BEA01') ? { type: 'udf' } : undefined);
