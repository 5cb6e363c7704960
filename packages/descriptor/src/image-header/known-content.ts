/** How much of a text is repeated in a finding. */
const PRINTED_BYTES = 40;

const WHITE = new Set([9, 10, 13]);

/** First bytes of files that are not ploop images, and the name of each kind in a sentence. */
interface Kind {
  readonly name: string;
  readonly at: number;
  /** One character a byte. */
  readonly magic: string;
}

const KINDS: readonly Kind[] = [
  { name: 'a VMDK image', at: 0, magic: 'KDMV' },
  { name: 'a VMDK image', at: 0, magic: 'COWD' },
  { name: 'the descriptor of a VMDK image', at: 0, magic: '# Disk DescriptorFile' },
  { name: 'a VDI image', at: 64, magic: '\x7f\x10\xda\xbe' },
  { name: 'a VHDX image', at: 0, magic: 'vhdxfile' },
  { name: 'a VHD image', at: 0, magic: 'conectix' },
  { name: 'a QED image', at: 0, magic: 'QED\0' },
  { name: 'data compressed with gzip', at: 0, magic: '\x1f\x8b\x08' },
  { name: 'data compressed with xz', at: 0, magic: '\xfd7zXZ\0' },
  { name: 'data compressed with zstd', at: 0, magic: '\x28\xb5\x2f\xfd' },
  { name: 'data compressed with bzip2', at: 0, magic: 'BZh' },
  { name: 'data compressed with LZ4', at: 0, magic: '\x04\x22\x4d\x18' },
  { name: 'data compressed with lzop', at: 0, magic: '\x89LZO\0' },
  { name: 'a zip archive', at: 0, magic: 'PK\x03\x04' },
  { name: 'a 7z archive', at: 0, magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'a tar archive', at: 257, magic: 'ustar' },
  { name: 'a descriptor or another XML document', at: 0, magic: '<?xml' },
  { name: 'data encrypted with LUKS', at: 0, magic: 'LUKS\xba\xbe' },
  { name: 'a bare disk with a GPT', at: 512, magic: 'EFI PART' },
  { name: 'a bare disk with an XFS file system', at: 0, magic: 'XFSB' },
  { name: 'a bare disk with an ext file system', at: 1080, magic: '\x53\xef' },
  { name: 'a bare disk or a partition, by its boot sector', at: 510, magic: '\x55\xaa' },
];

/** What a file is by its first bytes, as `a tar archive`; its text where that is one; `undefined` if it is not known. */
export function knownContent(start: Uint8Array): string | undefined {
  const kind = KINDS.find(({ at, magic }) => isAt(start, at, magic));
  if (kind !== undefined) return kind.name;
  const text = textAt(start.subarray(0, PRINTED_BYTES));
  return text === undefined ? undefined : `the text "${text}"`;
}

function isAt(bytes: Uint8Array, at: number, magic: string): boolean {
  if (bytes.length < at + magic.length) return false;
  return Array.from(magic).every(
    (character, index) => bytes[at + index] === character.charCodeAt(0),
  );
}

/** The bytes as text, if all of them are printable ASCII or white space, and there is more than white space. */
function textAt(bytes: Uint8Array): string | undefined {
  const isText = bytes.every((byte) => (byte >= 32 && byte < 127) || WHITE.has(byte));
  if (!isText) return undefined;
  const text = String.fromCharCode(...bytes)
    .replaceAll('"', "'")
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? undefined : text;
}
