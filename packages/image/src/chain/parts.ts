import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  bytes as toByteCount,
  SECTOR_SIZE,
  type Bytes,
} from '@ploop/descriptor';

import type { OpenImageOptions } from '../formats/image-format.ts';
import { firstEndingAfter } from './first-ending-after.ts';
import type { ImageSource } from '@ploop/descriptor/internal';

/** The images that hold a range of a disk: one `Storage` of a split disk, or all of it. */
export interface SourcePart {
  /** First byte of the disk that they hold. */
  readonly start: Bytes;
  /** First byte after it. Absent: up to the end of the images. */
  readonly end?: Bytes;
  /** Base first. */
  readonly sources: readonly ImageSource[];
  /** Whether the base is a bare disk. */
  readonly rawBase: boolean;
  /** How to open an image that no descriptor names, of any format. Absent: the images are those of a descriptor. */
  readonly alone?: OpenImageOptions;
}

/** A range of a disk. */
interface ByteSpan {
  /** First byte of the disk. */
  readonly start: Bytes;
  /** First byte of the disk after it. */
  readonly end: Bytes;
}

/** The end of a part that its images lack. It may lie beyond the end of the disk. */
export interface MissingEnd {
  /** First byte of the disk. */
  readonly start: Bytes;
  /** First byte after it, according to the descriptor. */
  readonly end: Bytes;
  /** Names the image. */
  readonly finding: Diagnostic;
}

/** The range of a part. */
export interface PartSpan extends ByteSpan {
  readonly missing?: MissingEnd;
}

/** A part, and how many bytes its images hold. */
export interface PartSize {
  readonly source: SourcePart;
  readonly size: Bytes;
}

/**
 * The ranges of the parts of a disk. Images that hold more than their range are cut off at its end. If the last part is
 * shorter than its range, the disk ends there; other parts keep their range, and the end of it is missing. A finding
 * names each of them.
 */
export function fitParts(parts: readonly PartSize[]): {
  readonly ranges: readonly PartSpan[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const ranges = parts.map(({ source: { start, end, sources }, size }, index): PartSpan => {
    const sectors = Math.ceil(size / SECTOR_SIZE);
    const reached = toByteCount(start + sectors * SECTOR_SIZE);
    if (end === undefined) return { start, end: reached };
    const isShort = start + size < end;
    if (!isShort && reached === end) return { start, end };
    const finding = diagnostic('STORAGE_IMAGE_SIZE', {
      file: sources.at(-1)?.file ?? '',
      sectors: isShort ? Math.floor(size / SECTOR_SIZE) : sectors,
      expected: (end - start) / SECTOR_SIZE,
    });
    diagnostics.push(finding);
    if (!isShort) return { start, end };
    const isLast = index === parts.length - 1;
    const from = isLast ? reached : toByteCount(start + size);
    return { start, end: isLast ? reached : end, missing: { start: from, end, finding } };
  });
  return { ranges, diagnostics };
}

/**
 * Splits the bytes from `start` to `end` of the disk by the parts that hold them. Positions are bytes of the disk.
 *
 * @throws DescriptorError with code `STORAGE_IMAGE_SIZE` at the missing end of a part.
 */
export function* slicesOf<Part extends PartSpan>(
  parts: readonly Part[],
  start: number,
  end: number,
): Generator<{ readonly part: Part; readonly start: number; readonly end: number }> {
  for (let index = partAt(parts, start), at = start; at < end; index += 1) {
    const part = parts[index];
    if (part === undefined) return;
    const { missing } = part;
    const last = Math.min(end, part.end);
    const stop = Math.min(last, missing?.start ?? last);
    if (stop > at) yield { part, start: at, end: stop };
    at = Math.max(at, stop);
    if (missing !== undefined && at < last) throw new DescriptorError([missing.finding]);
  }
}

/** Index of the part that holds a byte; parts are in order, without gaps. */
function partAt(parts: readonly ByteSpan[], byte: number): number {
  return firstEndingAfter(parts.length, (index) => parts[index]?.end ?? 0, byte);
}
