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

/** The record of an NTFS that has its label, after an attribute of another kind. */
function volumeRecord(record: Buffer, label: string): void {
  record.write('FILE', 0, 'latin1');
  record.writeUInt16LE(48, 4);
  record.writeUInt16LE(3, 6);
  record.writeUInt16LE(56, 20);
  record.writeUInt32LE(0x10, 56);
  // The label lies over the end of a sector, whose last bytes are kept in front.
  record.writeUInt32LE(426, 60);
  const at = 56 + 426;
  record.writeUInt32LE(0x60, at);
  record.writeUInt32LE(64, at + 4);
  record.writeUInt32LE(label.length * 2, at + 16);
  record.writeUInt16LE(24, at + 20);
  record.write(label, at + 24, 'utf16le');
  record.writeUInt32LE(0xffff_ffff, at + 64);
  record.writeUInt16LE(7, 48);
  for (const [index, end] of [510, 1022].entries()) {
    record.copy(record, 50 + 2 * index, end, end + 2);
    record.writeUInt16LE(7, end);
  }
}

/** A pair of a list of ZFS: a text, or a number. */
function zfsPair(name: string, value: string | bigint): Buffer {
  const word = (...numbers: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * numbers.length);
    for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * index);
    return bytes;
  };
  const text = (content: string): Buffer =>
    Buffer.concat([
      word(content.length),
      Buffer.from(content.padEnd(Math.ceil(content.length / 4) * 4, '\0'), 'latin1'),
    ]);
  const number = Buffer.alloc(8);
  if (typeof value === 'bigint') number.writeBigUInt64BE(value);
  const data = typeof value === 'bigint' ? number : text(value);
  const pair = Buffer.concat([text(name), word(typeof value === 'bigint' ? 8 : 9, 1), data]);
  return Buffer.concat([word(pair.length + 8, 32), pair]);
}

const BTRFS = 65_536;

export const SUPERBLOCKS: readonly SuperblockKind[] = [
  {
    type: 'ntfs',
    name: 'NTFS',
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      fatLike(place, 'NTFS    ');
      place.writeUInt16LE(512, 11);
      place.writeUInt8(8, 13);
      place.writeBigUInt64LE(10n, 48);
      // Records of 1 KiB.
      place.writeInt8(-10, 64);
      volumeRecord(place.subarray(10 * PAGE + 3 * 1024), label);
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
    states: { label: true, size: true },
    write: (place, { label, id, pages }) => {
      // The root is the second cluster of two sectors, after 20 sectors.
      place.writeUInt32LE(20, 88);
      place.writeUInt32LE(3, 96);
      place.writeUInt8(1, 109);
      const root = (20 + 2) * 2048;
      place.writeUInt8(0x81, root);
      place.writeUInt8(0x83, root + 32);
      place.writeUInt8(label.length, root + 33);
      place.write(label, root + 34, 'utf16le');
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
  {
    type: 'bcache',
    name: 'a device of bcache',
    states: { label: true },
    write: (place, { label, id }) => {
      place.writeUInt8(8, PAGE + 8);
      place.writeUInt8(1, PAGE + 16);
      place.write('c68573f64e1a45ca8265f57f48ba6d81', PAGE + 24, 'hex');
      place.set(id, PAGE + 40);
      place.write(label, PAGE + 72, 'latin1');
    },
  },
  {
    type: 'zfs',
    name: 'a device of a ZFS pool',
    states: { label: true },
    write: (place, { label }) => {
      const list = [
        Buffer.from('010100000000000000000001', 'hex'),
        zfsPair('version', 5000n),
        zfsPair('name', label),
        zfsPair('state', 0n),
        zfsPair('pool_guid', 2n ** 63n + 5n),
      ];
      place.set(Buffer.concat(list), 16_384);
    },
  },
];
