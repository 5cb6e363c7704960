import { fixedText, uuidOf } from '../fields.ts';
import { isPower, sizeOf, type Kind } from './kind.ts';

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && fixedText(bytes);
const uuidAt = (bytes: Uint8Array | undefined): string | undefined =>
  bytes?.some((byte) => byte !== 0) === true ? uuidOf(bytes) : undefined;

const BTRFS = 65_536;

/** Btrfs: the size is that of the device, of which a file system can have several. */
export const btrfs: Kind = ({ bytes, has, view }) => {
  const block = view(BTRFS, 0x240);
  if (block === undefined || !has(BTRFS + 64, '_BHRfS_M')) return undefined;
  return {
    type: 'btrfs',
    label: textOf(bytes(BTRFS + 0x12b, 256)),
    uuid: uuidAt(bytes(BTRFS + 32, 16)),
    size: sizeOf(block.getBigUint64(0xc9 + 8, true), 1),
  };
};

/** Swap space, of pages of 4 or 64 KiB. */
export const swap: Kind = ({ bytes, has, view }) => {
  const page = [4096, 65_536].find((size) =>
    ['SWAPSPACE2', 'SWAP-SPACE'].some((magic) => has(size - 10, magic)),
  );
  if (page === undefined) return undefined;
  const header = view(1024, 44);
  if (header?.getUint32(0, true) !== 1) return { type: 'swap' };
  return {
    type: 'swap',
    label: textOf(bytes(1052, 16)),
    uuid: uuidAt(bytes(1036, 16)),
    size: sizeOf(header.getUint32(4, true) + 1, page),
  };
};

const REISERFS = 65_536;

/** ReiserFS of versions 3.5 and 3.6. */
export const reiserfs: Kind = ({ bytes, has, view }) => {
  const block = view(REISERFS, 128);
  const isThere = ['ReIsErFs', 'ReIsEr2Fs', 'ReIsEr3Fs'].some((magic) => has(REISERFS + 52, magic));
  const blockSize = block?.getUint16(44, true) ?? 0;
  if (block === undefined || !isThere || !isPower(blockSize, 512, 65_536)) return undefined;
  return {
    type: 'reiserfs',
    label: textOf(bytes(REISERFS + 100, 16)),
    uuid: uuidAt(bytes(REISERFS + 84, 16)),
    size: sizeOf(block.getUint32(0, true), blockSize),
  };
};

const JFS = 32_768;

/** JFS. */
export const jfs: Kind = ({ bytes, has, view }) => {
  const block = view(JFS, 168);
  if (block === undefined || !has(JFS, 'JFS1')) return undefined;
  const sectorSize = block.getUint32(24, true);
  if (!isPower(sectorSize, 512, 4096)) return undefined;
  return {
    type: 'jfs',
    label: textOf(bytes(JFS + 152, 16)),
    uuid: uuidAt(bytes(JFS + 136, 16)),
    size: sizeOf(block.getBigUint64(8, true), sectorSize),
  };
};

const SECOND = 1024;

/** F2FS. */
export const f2fs: Kind = ({ bytes, view }) => {
  const block = view(SECOND, 0x27c);
  if (block?.getUint32(0, true) !== 0xf2f52010) return undefined;
  const shift = block.getUint32(16, true);
  if (shift < 9 || shift > 16) return undefined;
  const label = bytes(SECOND + 0x7c, 512);
  return {
    type: 'f2fs',
    label: label && fixedText(label, 'utf-16le'),
    uuid: uuidAt(bytes(SECOND + 0x6c, 16)),
    size: sizeOf(block.getBigUint64(0x24, true), 2 ** shift),
  };
};

/** NILFS2: its signature is short, so its revision and block size have to be right. */
export const nilfs2: Kind = ({ bytes, view }) => {
  const block = view(SECOND, 0xf8);
  if (block?.getUint16(6, true) !== 0x3434) return undefined;
  if (block.getUint32(0, true) !== 2 || block.getUint32(20, true) > 6) return undefined;
  return {
    type: 'nilfs2',
    label: textOf(bytes(SECOND + 0xa8, 80)),
    uuid: uuidAt(bytes(SECOND + 0x98, 16)),
    size: sizeOf(block.getBigUint64(32, true), 1),
  };
};

/** SquashFS of version 4. */
export const squashfs: Kind = ({ has, view }) => {
  const block = view(0, 96);
  if (block === undefined || !has(0, 'hsqs') || block.getUint16(28, true) !== 4) return undefined;
  return { type: 'squashfs', size: sizeOf(block.getBigUint64(40, true), 1) };
};
