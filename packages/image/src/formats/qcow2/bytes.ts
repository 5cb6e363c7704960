import { fill, type ImageSource, type Steps } from '@ploop/descriptor/internal';

/** A view of bytes; all numbers of a qcow2 image are big-endian. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads bytes of a file.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, also if the file ends before.
 */
export function* readBytes(
  source: ImageSource,
  position: number,
  length: number,
): Steps<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  yield* fill(source, bytes, position);
  return bytes;
}

/** Names in an image are UTF-8; what is not becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The offset of a table or cluster in an entry: its bits 9 to 55. Exact, as it is a multiple of 512. */
export function offsetIn(high: number, low: number): number {
  return (high & 0x00ff_ffff) * 2 ** 32 + ((low & 0xffff_fe00) >>> 0);
}
