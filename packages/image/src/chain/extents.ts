import { requireCall } from '@ploop/descriptor/arguments';
import type { ExtentOptions } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import type { Chain } from './open-chain.ts';
import { continues, type Segment } from './segment.ts';

/** A part of a disk that is allocated in one piece, or not at all. */
export type Extent = AllocatedExtent | ZeroExtent;

/** Bytes of a disk that some image holds. They may still be zeros. */
export interface AllocatedExtent {
  readonly allocated: true;
  /** Byte of the disk. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** Index in the `layers` of the chain, 0 for the base. */
  readonly layer: number;
  /** Byte of the file of that image, or of `file`; of compressed bytes that of their compressed form. */
  readonly offset: number;
  /** The external data file that holds them, if the image has one. */
  readonly file?: string;
  /** Whether they are compressed in the file. */
  readonly compressed?: true;
}

/** Bytes of a disk that read as zero, as no image holds them, or one says so. */
export interface ZeroExtent {
  readonly allocated: false;
  /** Index of the image that says that they are zeros. Absent: no image has anything there. */
  readonly layer?: number;
  /** Byte of the disk. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * The extents of a disk in order, without reading data; each as long as it can be. A raw base counts as allocated as
 * far as its file goes.
 *
 * @throws DescriptorError as reading does.
 */
export async function* extents(
  chain: Chain,
  options: ExtentOptions = {},
): AsyncGenerator<Extent, void, undefined> {
  requireCall(IMAGE.extents, [chain, options]);
  const { signal, ...range } = options;
  let last: Segment | undefined;
  for await (const segments of chain.segments(range)) {
    signal?.throwIfAborted();
    for (const segment of segments) {
      if (last !== undefined && !continues(last, segment)) yield extentOf(last);
      if (last !== undefined && continues(last, segment)) last.length += segment.length;
      else last = segment;
    }
  }
  if (last !== undefined) yield extentOf(last);
}

function extentOf({ start, length, layer, offset, zeroLayer, source, decode }: Segment): Extent {
  if (layer === -1)
    return {
      allocated: false,
      start,
      length,
      ...(zeroLayer !== undefined && { layer: zeroLayer }),
    };
  return {
    ...{ allocated: true, start, length, layer, offset },
    ...(source && { file: source.file }),
    ...(decode && { compressed: true }),
  };
}
