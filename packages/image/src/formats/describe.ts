import { requireCall } from '@ploop/descriptor/arguments';
import {
  fill,
  HEADER_BYTES,
  runAsync,
  type ImageSource,
  type Steps,
} from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import type { DescriptionResult } from './description.ts';
import type { DescribedImage } from './image-format.ts';
import { FORMATS } from './index.ts';
import { RAW } from './raw/raw-format.ts';

/**
 * Describes an image file: all fields of its header, and its format extension with the dirty bitmaps. Reads a few
 * kilobytes, and one cluster where there is an extension, in pieces: what it takes does not depend on the disk.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function describeImage(source: ImageSource): Promise<DescriptionResult> {
  requireCall(IMAGE.describeImage, [source]);
  const { description, diagnostics } = await runAsync(describedAt(source, 'all'));
  return { description, diagnostics };
}

/** {@link describeImage} as steps, of the header alone: a format extension is not looked at. */
export function* startOf(source: ImageSource): Steps<DescriptionResult> {
  const { description, diagnostics } = yield* describedAt(source, 'header');
  return { description, diagnostics };
}

/** Finds the format of a file by its first bytes, and describes it. */
export function* describedAt(source: ImageSource, depth: 'header' | 'all'): Steps<DescribedImage> {
  const start = new Uint8Array(Math.min(source.bytes, HEADER_BYTES));
  yield* fill(source, start, 0);
  const format = FORMATS.find(({ probe }) => probe(start)) ?? RAW;
  return yield* format.describe(source, start, depth);
}
