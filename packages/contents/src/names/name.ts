/*
 * Names on Linux are bytes. A name here is a text: bytes that are not UTF-8 become the code units U+DC80 to U+DCFF, one for
 * each byte, which no text in UTF-8 has. So a name holds all bytes, compares with `===`, and prints once it is escaped.
 */
const FIRST_BYTE = 0xdc00;
const ENCODER = new TextEncoder();
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The name that bytes stand for. `bytesOfName` returns the same bytes. */
export function nameOfBytes(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    return tolerantly(bytes);
  }
}

/** The bytes of a name. */
export function bytesOfName(name: string): Uint8Array {
  const parts = name.match(/[\udc80-\udcff]+|[^\udc80-\udcff]+/gu) ?? [];
  if (parts.every((part) => !isByte(part))) return ENCODER.encode(name);
  return joined(
    parts.map((part) =>
      isByte(part)
        ? Uint8Array.from(part, (unit) => unit.charCodeAt(0) - FIRST_BYTE)
        : ENCODER.encode(part),
    ),
  );
}

function isByte(part: string): boolean {
  const unit = part.charCodeAt(0);
  return unit >= 0xdc80 && unit <= 0xdcff;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Decodes what is valid, and each byte between by itself. */
function tolerantly(bytes: Uint8Array): string {
  let name = '';
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceAt(bytes, at);
    at += length;
    if (length > 0) continue;
    name +=
      STRICT.decode(bytes.subarray(from, at)) + String.fromCharCode(FIRST_BYTE + (bytes[at] ?? 0));
    at += 1;
    from = at;
  }
  return name + STRICT.decode(bytes.subarray(from));
}

/** What the second byte of a character can be, by its first byte, where not all of 0x80 to 0xbf can. */
const SECOND: Readonly<Record<number, readonly [least: number, most: number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};

/** Bytes of the character that begins here, or 0 if none does. */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  const [least, most] = SECOND[first] ?? [0x80, 0xbf];
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    if (byte < (index === 1 ? least : 0x80) || byte > (index === 1 ? most : 0xbf)) return 0;
  }
  return length;
}
