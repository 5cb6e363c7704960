import type { ImageSource, Steps } from '@ploop/descriptor/internal';

import { readBytes, textOf, viewOf } from './bytes.ts';
import type { BitmapDirectory } from './extensions.ts';
import type { Qcow2Bitmap } from './qcow2-description.ts';

/** A bitmap in a directory, with the place of its table. */
export interface BitmapEntry extends Qcow2Bitmap {
  readonly tableOffset: bigint;
  readonly tableEntries: number;
}

const FIXED_BYTES = 24;
const IN_USE = 1;
const AUTO = 2;
/** The limit of QEMU: 65,535 bitmaps with names of 1023 bytes. */
const MOST_BYTES = 65_535 * 1_048;

/**
 * The bitmaps of an image; `undefined` if their directory is damaged.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* readBitmapDirectory(
  source: ImageSource,
  { count, offset, bytes: length }: BitmapDirectory,
): Steps<readonly BitmapEntry[] | undefined> {
  if (length > MOST_BYTES || offset + length > source.bytes) return undefined;
  const bytes = yield* readBytes(source, Number(offset), Number(length));
  const view = viewOf(bytes);
  const entries: BitmapEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + FIXED_BYTES > bytes.length) return undefined;
    const flags = view.getUint32(at + 12);
    const granularityBits = view.getUint8(at + 17);
    const nameStart = at + FIXED_BYTES + view.getUint32(at + 20);
    const nameEnd = nameStart + view.getUint16(at + 18);
    if (nameEnd > bytes.length || granularityBits > 63) return undefined;
    entries.push({
      name: textOf(bytes.subarray(nameStart, nameEnd)),
      granularity: 2 ** granularityBits,
      inUse: (flags & IN_USE) !== 0,
      enabled: (flags & AUTO) !== 0,
      tableOffset: view.getBigUint64(at),
      tableEntries: view.getUint32(at + 8),
    });
    at = Math.ceil(nameEnd / 8) * 8;
  }
  return entries;
}
