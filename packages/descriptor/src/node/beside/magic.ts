/** What a file is by its first bytes, other than an image of ploop, a descriptor or text. */
export type FileKind = (typeof MAGIC)[number]['kind'];

const MAGIC = [
  { kind: 'rdiff patch', at: 0, bytes: '7273023' },
  { kind: 'rdiff signature', at: 0, bytes: '7273013' },
  { kind: 'VCDIFF patch', at: 0, bytes: 'd6c3c4' },
  { kind: 'bsdiff patch', at: 0, bytes: '4253444946463430' },
  { kind: 'gzip file', at: 0, bytes: '1f8b08' },
  { kind: 'bzip2 file', at: 0, bytes: '425a68' },
  { kind: 'xz file', at: 0, bytes: 'fd377a585a00' },
  { kind: 'zstd file', at: 0, bytes: '28b52ffd' },
  { kind: 'lz4 file', at: 0, bytes: '04224d18' },
  { kind: 'zip file', at: 0, bytes: '504b0304' },
  { kind: '7z file', at: 0, bytes: '377abcaf271c' },
  { kind: 'tar file', at: 257, bytes: '7573746172' },
  { kind: 'qcow2 image', at: 0, bytes: '514649fb' },
  { kind: 'VMDK image', at: 0, bytes: '4b444d56' },
  { kind: 'VHDX image', at: 0, bytes: '7668647866696c65' },
  { kind: 'VDI image', at: 64, bytes: '7f10dabe' },
  { kind: 'VHD image', at: 0, bytes: '636f6e6563746978' },
] as const;

/** What bare disks begin with: a boot sector, a GPT, and the superblocks of ext, XFS and LUKS. */
const DISK_MAGIC = [
  { at: 510, bytes: '55aa' },
  { at: 512, bytes: '4546492050415254' },
  { at: 1080, bytes: '53ef' },
  { at: 0, bytes: '58465342' },
  { at: 0, bytes: '4c554b53babe' },
] as const;

/** The kind of a file that its first bytes show. */
export function kindOf(start: Uint8Array): FileKind | undefined {
  return MAGIC.find((magic) => hasMagic(start, magic))?.kind;
}

/** Whether the first bytes of a file are those of a bare disk. */
export function beginsAsDisk(start: Uint8Array): boolean {
  return DISK_MAGIC.some((magic) => hasMagic(start, magic));
}

function hasMagic(start: Uint8Array, { at, bytes }: { at: number; bytes: string }): boolean {
  return Buffer.from(start.subarray(at, at + Math.ceil(bytes.length / 2)))
    .toString('hex')
    .startsWith(bytes);
}
