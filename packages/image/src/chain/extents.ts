import { requireCall } from '@ploop/descriptor/arguments';
import type { ExtentOptions } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import type { Chain } from './open-chain.ts';
import type { Segment } from './segments.ts';

/** A part of a disk that is allocated in one piece, or not at all. */
export type Extent = AllocatedExtent | ZeroExtent;

/** Bytes of a disk that some image holds. They may be zeros all the same. */
export interface AllocatedExtent {
  readonly allocated: true;
  /** Byte of the disk. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** Index in the `layers` of the chain, 0 for the base. */
  readonly layer: number;
  /** Byte of the file of that image. */
  readonly offset: number;
}

/** Bytes of a disk that no image holds: they read as zero. */
export interface ZeroExtent {
  readonly allocated: false;
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

function continues(last: Segment, { layer, offset }: Segment): boolean {
  return last.layer === layer && (layer === -1 || last.offset + last.length === offset);
}

function extentOf({ start, length, layer, offset }: Segment): Extent {
  return layer === -1
    ? { allocated: false, start, length }
    : { allocated: true, start, length, layer, offset };
}
