import {
  diagnostic,
  type Diagnostic,
  DescriptorError,
  bytes as toByteCount,
  SECTOR_SIZE,
  type Bytes,
} from '@ploop/descriptor';
import type { ImageSource } from '@ploop/descriptor/internal';

/** The images that hold a range of a disk: one `Storage` of a split disk, or all of it. */
export interface SourcePart {
  /** First byte of the disk that they hold. */
  readonly start: Bytes;
  /** First byte behind it. Absent: as far as the images go. */
  readonly end?: Bytes;
  /** Base first. */
  readonly sources: readonly ImageSource[];
  /** Whether the base is a bare disk. */
  readonly rawBase: boolean;
}

/** A range of a disk. */
export interface ByteSpan {
  /** First byte of the disk. */
  readonly start: Bytes;
  /** First byte of the disk behind it. */
  readonly end: Bytes;
}

/** A part, and how many bytes its images hold. */
export interface PartSize {
  readonly source: SourcePart;
  readonly size: Bytes;
}

/**
 * The ranges of the parts of a disk. Images that hold more than their range are cut off at its end. The last part may
 * be shorter than its range, as the disk ends there. A finding names either.
 *
 * @throws DescriptorError with code `STORAGE_IMAGE_SIZE` where a part in front of another does not fill its range.
 */
export function fitParts(parts: readonly PartSize[]): {
  readonly ranges: readonly ByteSpan[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const ranges = parts.map(({ source: { start, end, sources }, size }, index): ByteSpan => {
    const reached = toByteCount(start + size);
    if (end === undefined || end === reached) return { start, end: reached };
    const file = sources.at(-1)?.file ?? '';
    const [sectors, expected] = [size / SECTOR_SIZE, (end - start) / SECTOR_SIZE];
    const finding = diagnostic('STORAGE_IMAGE_SIZE', { file, sectors, expected });
    if (reached < end && index < parts.length - 1) throw new DescriptorError([finding]);
    diagnostics.push(finding);
    return { start, end: toByteCount(Math.min(reached, end)) };
  });
  return { ranges, diagnostics };
}

/** What parts have of the bytes from `start` to `end` of the disk, each piece in bytes of the disk. */
export function* slicesOf<Part extends ByteSpan>(
  parts: readonly Part[],
  start: number,
  end: number,
): Generator<{ readonly part: Part; readonly start: number; readonly end: number }> {
  for (let index = partAt(parts, start), at = start; at < end; index += 1) {
    const part = parts[index];
    if (part === undefined) return;
    const stop = Math.min(end, part.end);
    if (stop > at) yield { part, start: at, end: stop };
    at = Math.max(at, stop);
  }
}

/** Index of the part that holds a byte; parts are one behind the other. */
function partAt(parts: readonly ByteSpan[], byte: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.end ?? 0) <= byte) low = middle + 1;
    else high = middle;
  }
  return low;
}
