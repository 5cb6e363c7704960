/** CRC-32 of partition tables (GPT). */
export const crc32 = crcOf(0xedb88320);

/** CRC-32C of file systems (ext4, XFS). */
export const crc32c = crcOf(0x82f63b78);

function crcOf(polynomial: number): (bytes: Uint8Array) => number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1)
      value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ polynomial;
    return value;
  });
  return (bytes) => {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
    return (crc ^ 0xffffffff) >>> 0;
  };
}

/** The bytes with those from `start` to `end` set to zero, as a checksum stored among them is made. */
export function blanked(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, start, end);
  return copy;
}
