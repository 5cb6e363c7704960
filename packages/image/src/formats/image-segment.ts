import type { Diagnostic } from '@ploop/descriptor';
import type { ImageSource, Steps } from '@ploop/descriptor/internal';

/** Bytes of a disk, as one image of it has them. */
export type ImageSegment =
  UnallocatedSegment | ZeroSegment | StoredSegment | EncodedSegment | DamagedSegment;

interface Span {
  /** Byte of the disk. */
  readonly start: number;
  readonly length: number;
}

/** The image has nothing there: the image below shows through. */
interface UnallocatedSegment extends Span {
  readonly kind: 'unallocated';
}

/** The image says that they are zeros, whatever is below it. */
interface ZeroSegment extends Span {
  readonly kind: 'zero';
}

/** As they are in a file. */
interface StoredSegment extends Span {
  readonly kind: 'stored';
  /** Byte of the file. */
  readonly offset: number;
  /** The file. Absent: that of the image. */
  readonly source?: ImageSource;
}

/** Encoded, such as compressed: the format decodes them. */
interface EncodedSegment extends Span {
  readonly kind: 'encoded';
  /** Byte of the file at which the encoded bytes begin. */
  readonly offset: number;
  /** Fills `target` with bytes of the disk from byte `position` on, all within the segment. */
  readonly decode: Decode;
}

/** Fills `target` with decoded bytes of the disk from byte `position` on. */
export type Decode = (target: Uint8Array, position: number) => Steps<void>;

/** The tables do not say where they are, or what they say cannot be right. */
export interface DamagedSegment extends Span {
  readonly kind: 'damaged';
  readonly fault: Diagnostic;
  /** First byte of the disk that is lost: those before it are in the file from `offset` on. */
  readonly lostFrom: number;
  /** Byte of the file where the tables place it, if they do. */
  readonly offset?: number;
  /** The bytes of the file that say so: first byte and first byte after them. */
  readonly entry?: readonly [start: number, end: number];
}

/** The part of a segment from byte `start` to byte `end` of the disk; empty parts have no length. */
export function clipped<Segment extends ImageSegment>(
  segment: Segment,
  start: number,
  end: number,
): Segment {
  const from = Math.max(segment.start, start);
  const length = Math.max(0, Math.min(segment.start + segment.length, end) - from);
  if (from === segment.start && length === segment.length) return segment;
  const isPlaced = segment.kind === 'stored' || segment.kind === 'damaged';
  if (!isPlaced || segment.offset === undefined) return { ...segment, start: from, length };
  return { ...segment, start: from, length, offset: segment.offset + (from - segment.start) };
}
