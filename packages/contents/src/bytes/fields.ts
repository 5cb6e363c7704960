/** A view of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A number of 64 bits, or `undefined` where JavaScript cannot hold it exactly. */
export function exactly(value: bigint): number | undefined {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

/** A text of fixed length that NULs fill up. */
export function fixedText(
  bytes: Uint8Array,
  encoding: 'utf-8' | 'utf-16le' = 'utf-8',
): string | undefined {
  const text = new TextDecoder(encoding).decode(bytes);
  const end = text.indexOf('\0');
  const used = end === -1 ? text : text.slice(0, end);
  return used === '' ? undefined : used;
}

/** 16 bytes in textual order, as file systems keep a UUID: lower case, dashes, no braces. */
export function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** 16 bytes whose first three parts are little-endian, as partition tables keep a GUID. */
export function mixedUuidOf(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return uuidOf(Uint8Array.from(order, (index) => bytes[index] ?? 0));
}

/** A big-endian number of 64 bits; not exact above `Number.MAX_SAFE_INTEGER`, which callers refuse. */
export function wideAt(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}
