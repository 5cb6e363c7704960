import type { ContentType } from '@ploop/descriptor/internal';

import { fixedText, uuidOf } from '../../bytes/fields.ts';
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

/** A superblock with a magic text and a number of blocks, little-endian; places are bytes from its beginning. */
interface Layout {
  /** Where it begins. */
  readonly at: number;
  readonly length: number;
  readonly magic: { readonly at: number; readonly texts: readonly string[] };
  readonly blockSize: Field & { readonly most: number };
  readonly blocks: Field;
  readonly label: number;
  readonly uuid: number;
}

interface Field {
  readonly at: number;
  readonly bits: 16 | 32 | 64;
}

const LABEL_BYTES = 16;
const UUID_BYTES = 16;
const LEAST_BLOCK = 512;

const layouts = {
  // Versions 3.5 and 3.6.
  reiserfs: {
    ...{ at: 65_536, length: 128 },
    magic: { at: 52, texts: ['ReIsErFs', 'ReIsEr2Fs', 'ReIsEr3Fs'] },
    blockSize: { at: 44, bits: 16, most: 65_536 },
    blocks: { at: 0, bits: 32 },
    ...{ label: 100, uuid: 84 },
  },
  jfs: {
    ...{ at: 32_768, length: 168 },
    magic: { at: 0, texts: ['JFS1'] },
    blockSize: { at: 24, bits: 32, most: 4096 },
    blocks: { at: 8, bits: 64 },
    ...{ label: 152, uuid: 136 },
  },
} as const satisfies Partial<Record<ContentType, Layout>>;

/** ReiserFS and JFS. */
export const laidOut: readonly Kind[] = (
  Object.entries(layouts) as readonly (readonly [ContentType, Layout])[]
).map(([type, layout]) => kindOf(type, layout));

function kindOf(type: ContentType, { at, magic, ...layout }: Layout): Kind {
  return ({ bytes, has, view }) => {
    const block = view(at, layout.length);
    if (block === undefined || !magic.texts.some((text) => has(at + magic.at, text)))
      return undefined;
    const blockSize = Number(numberIn(block, layout.blockSize));
    if (!isPower(blockSize, LEAST_BLOCK, layout.blockSize.most)) return undefined;
    return {
      type,
      label: textOf(bytes(at + layout.label, LABEL_BYTES)),
      uuid: uuidAt(bytes(at + layout.uuid, UUID_BYTES)),
      size: sizeOf(numberIn(block, layout.blocks), blockSize),
    };
  };
}

function numberIn(block: DataView, { at, bits }: Field): number | bigint {
  if (bits === 16) return block.getUint16(at, true);
  return bits === 32 ? block.getUint32(at, true) : block.getBigUint64(at, true);
}

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
