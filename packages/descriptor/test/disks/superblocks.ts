/** What the superblock that a test writes states. */
interface Stated {
  /** At most 11 capital letters. */
  readonly label: string;
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** In units of 4096 bytes. */
  readonly pages: number;
}

/** One kind of content: its superblock written by hand, and what has to be found of it. */
export interface SuperblockKind {
  readonly type: string;
  readonly name: string;
  readonly write: (place: Buffer, stated: Stated) => void;
  /** Which of the facts it states. */
  readonly states: { readonly label?: true; readonly size?: true };
}

const PAGE = 4096;

function fatLike(place: Buffer, oem: string): void {
  place.write('\xeb\x58\x90', 0, 'latin1');
  place.write(oem, 3, 'latin1');
  place.writeUInt16LE(0xaa55, 510);
}

/** A FAT whose number of clusters makes it one of 12, 16 or 32 bits. */
function fat(bits: 12 | 16 | 32, place: Buffer, { label, id, pages }: Stated): void {
  fatLike(place, 'mkfs.fat');
  place.writeUInt16LE(512, 11);
  place.writeUInt8(bits === 12 ? 4 : 1, 13);
  place.writeUInt16LE(1, 14);
  place.writeUInt8(1, 16);
  place.writeUInt8(0xf8, 21);
  place.writeUInt32LE(pages * 8, 32);
  if (bits === 32) place.writeUInt32LE(8, 36);
  else {
    place.writeUInt16LE(16, 17);
    place.writeUInt16LE(8, 22);
  }
  const at = bits === 32 ? 64 : 36;
  place.writeUInt8(0x29, at + 2);
  place.set(id.subarray(0, 4), at + 3);
  place.write(label.padEnd(11), at + 7, 'latin1');
}

const BTRFS = 65_536;

export const SUPERBLOCKS: readonly SuperblockKind[] = [
  {
    type: 'ntfs',
    name: 'NTFS',
    states: { size: true },
    write: (place, { id, pages }) => {
      fatLike(place, 'NTFS    ');
      place.writeUInt16LE(512, 11);
      place.writeBigUInt64LE(BigInt(pages * 8), 40);
      place.set(id.subarray(0, 8), 72);
    },
  },
  {
    type: 'fat12',
    name: 'FAT12',
    states: { label: true, size: true },
    write: (place, stated) => {
      fat(12, place, stated);
    },
  },
  {
    type: 'fat16',
    name: 'FAT16',
    states: { label: true, size: true },
    // Enough clusters only if it is larger than any place here: its size is stated as it must be.
    write: (place, stated) => {
      fat(16, place, { ...stated, pages: stated.pages + 520 });
    },
  },
  {
    type: 'fat32',
    name: 'FAT32',
    states: { label: true, size: true },
    write: (place, stated) => {
      fat(32, place, stated);
    },
  },
  {
    type: 'exfat',
    name: 'exFAT',
    states: { size: true },
    write: (place, { id, pages }) => {
      fatLike(place, 'EXFAT   ');
      place.writeBigUInt64LE(BigInt(pages * 2), 72);
      place.set(id.subarray(0, 4), 100);
      place.writeUInt8(11, 108);
    },
  },
  {
    type: 'bitlocker',
    name: 'BitLocker',
    states: {},
    write: (place) => {
      fatLike(place, '-FVE-FS-');
    },
  },
  {
    type: 'btrfs',
    name: 'Btrfs',
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      place.set(id, BTRFS + 32);
      place.write('_BHRfS_M', BTRFS + 64, 'latin1');
      place.writeBigUInt64LE(BigInt(pages * PAGE), BTRFS + 0xd1);
      place.write(label, BTRFS + 0x12b, 'latin1');
    },
  },
  {
    type: 'swap',
    name: 'swap space',
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      place.writeUInt32LE(1, 1024);
      place.writeUInt32LE(pages - 1, 1028);
      place.set(id, 1036);
      place.write(label, 1052, 'latin1');
      place.write('SWAPSPACE2', PAGE - 10, 'latin1');
    },
  },
  {
    type: 'reiserfs',
    name: 'ReiserFS',
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      place.writeUInt32LE(pages, BTRFS);
      place.writeUInt16LE(PAGE, BTRFS + 44);
      place.write('ReIsEr2Fs', BTRFS + 52, 'latin1');
      place.set(id, BTRFS + 84);
      place.write(label, BTRFS + 100, 'latin1');
    },
  },
  {
    type: 'lvm2',
    name: 'an LVM2 physical volume',
    states: { size: true },
    write: (place, { pages }) => {
      place.write('LABELONE', 512, 'latin1');
      place.writeUInt32LE(32, 512 + 20);
      place.write('LVM2 001', 512 + 24, 'latin1');
      place.write('21VxJLlNjPrLoeTOHiQHMyNG2ZGeOnLt', 512 + 32, 'latin1');
      place.writeBigUInt64LE(BigInt(pages * PAGE), 512 + 64);
    },
  },
  {
    type: 'hfsplus',
    name: 'HFS+',
    states: { size: true },
    write: (place, { pages }) => {
      place.write('H+\0\x04', 1024, 'latin1');
      place.writeUInt32BE(PAGE, 1024 + 40);
      place.writeUInt32BE(pages, 1024 + 44);
    },
  },
  {
    type: 'apfs',
    name: 'an APFS container',
    states: { size: true },
    write: (place, { id, pages }) => {
      place.write('NXSB', 32, 'latin1');
      place.writeUInt32LE(PAGE, 36);
      place.writeBigUInt64LE(BigInt(pages), 40);
      place.set(id, 72);
    },
  },
  {
    type: 'iso9660',
    name: 'ISO 9660',
    states: { label: true, size: true },
    write: (place, { label, pages }) => {
      place.write('\x01CD001\x01', 32_768, 'latin1');
      place.write(label.padEnd(32), 32_768 + 40, 'latin1');
      place.writeUInt32LE(pages * 2, 32_768 + 80);
      place.writeUInt16LE(2048, 32_768 + 128);
    },
  },
  {
    type: 'udf',
    name: 'UDF',
    states: {},
    write: (place) => {
      place.write('\0BEA01\x01', 32_768, 'latin1');
    },
  },
  {
    type: 'jfs',
    name: 'JFS',
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      place.write('JFS1', 32_768, 'latin1');
      place.writeBigUInt64LE(BigInt(pages * 8), 32_768 + 8);
      place.writeUInt32LE(512, 32_768 + 24);
      place.set(id, 32_768 + 136);
      place.write(label, 32_768 + 152, 'latin1');
    },
  },
  {
    type: 'f2fs',
    name: 'F2FS',
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      place.writeUInt32LE(0xf2f52010, 1024);
      place.writeUInt32LE(12, 1024 + 16);
      place.writeBigUInt64LE(BigInt(pages), 1024 + 36);
      place.set(id, 1024 + 108);
      place.write(label, 1024 + 124, 'utf16le');
    },
  },
  {
    type: 'md',
    name: 'a member of a Linux RAID',
    states: { label: true },
    write: (place, { label, id }) => {
      place.writeUInt32LE(0xa92b4efc, PAGE);
      place.writeUInt32LE(1, PAGE + 4);
      place.set(id, PAGE + 16);
      place.write(label, PAGE + 32, 'latin1');
    },
  },
];
