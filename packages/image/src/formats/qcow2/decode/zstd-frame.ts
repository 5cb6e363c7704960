const MAGIC = 0xfd2f_b528;
/** What every decoder has to support, by the specification of the format (RFC 8878). */
const MOST_WINDOW = 2 ** 23;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const SIZE_BYTES = [0, 2, 4, 8];
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/**
 * The zstd frame that `bytes` begin with, without what follows it.
 *
 * @param most - Bytes that it may decompress to.
 * @throws RangeError if it is not a frame, is cut, or would take more memory than `most` and 8 MiB.
 */
export function zstdFrame(bytes: Uint8Array, most: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== MAGIC) throw new RangeError('not zstd');
  const flags = view.getUint8(4);
  const isSingle = (flags & 0x20) !== 0;
  if (!isSingle && windowBytes(view.getUint8(5)) > MOST_WINDOW)
    throw new RangeError('its window is too large');
  const sizeBytes = SIZE_BYTES[flags >>> 6] ?? 0;
  const contentBytes = sizeBytes === 0 && isSingle ? 1 : sizeBytes;
  const contentAt = 5 + (isSingle ? 0 : 1) + (DICTIONARY_BYTES[flags & 3] ?? 0);
  let at = contentAt + contentBytes;
  if (at > bytes.length) throw new RangeError('it is cut');
  if (contentSize(view, contentAt, contentBytes) > most) throw new RangeError('it is too large');
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) throw new RangeError('it is cut');
    const head = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const type = (head >>> 1) & 3;
    if (type === RESERVED_BLOCK) throw new RangeError('it has an unknown block');
    isLast = (head & 1) !== 0;
    at += 3 + (type === RLE_BLOCK ? 1 : head >>> 3);
  }
  at += (flags & 4) === 0 ? 0 : 4;
  if (at > bytes.length) throw new RangeError('it is cut');
  return bytes.subarray(0, at);
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** The size that a frame states; 0 if it states none. */
function contentSize(view: DataView, at: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return Number(view.getBigUint64(at, true));
    default:
      return 0;
  }
}
