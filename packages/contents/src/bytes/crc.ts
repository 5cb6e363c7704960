/** CRC-32 of partition tables (GPT). */
export const crc32 = finished(updateOf(0xedb88320));

/**
 * CRC-32C as a register: what ext4 stores has no final inversion, and goes on from one structure to the next. Begins with
 * {@link CRC_START}.
 */
export const updateCrc32c = updateOf(0x82f63b78);

/** CRC-32C of file systems (ext4, XFS). */
export const crc32c = finished(updateCrc32c);

/** The register before the first byte. */
export const CRC_START = 0xffffffff;

/** Goes on with a register over bytes from `start` to before `end`. */
type Update = (crc: number, bytes: Uint8Array, start?: number, end?: number) => number;

function updateOf(polynomial: number): Update {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1)
      value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ polynomial;
    return value;
  });
  return (register, bytes, start = 0, end = bytes.length) => {
    let crc = register;
    for (let at = start; at < end; at += 1)
      crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
    return crc >>> 0;
  };
}

function finished(update: Update): (bytes: Uint8Array) => number {
  return (bytes) => ~update(CRC_START, bytes) >>> 0;
}

/** The bytes with those from `start` to `end` set to zero, as a checksum stored among them is made. */
export function blanked(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, start, end);
  return copy;
}
