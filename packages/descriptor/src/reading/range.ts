import { requireArgument } from '../arguments/require.ts';
import { aCount } from '../arguments/rules.ts';

/** A part of a disk or file, in bytes. */
export interface ByteRange {
  /** First byte. Default: 0. */
  readonly start?: number;
  /** First byte after the part. Default: the size of the whole. */
  readonly end?: number;
}

/** What is read or listed, and how to stop it. */
export interface ExtentOptions extends ByteRange {
  readonly signal?: AbortSignal;
}

/** A range as it is, its end no further than the size. */
export function rangeWithin(
  size: number,
  {
    start = 0,
    end = size,
  }: { readonly start?: number | undefined; readonly end?: number | undefined },
): { readonly start: number; readonly end: number } {
  for (const [name, value] of Object.entries({ start, end })) requireArgument(name, value, aCount);
  const stop = Math.min(end, size);
  return { start: Math.min(start, stop), end: stop };
}
