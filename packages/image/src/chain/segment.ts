import type { ImageSource } from '@ploop/descriptor/internal';

import type { DamagedSegment, Decode } from '../formats/image-segment.ts';

/** Bytes of a disk that lie together in one file, or nowhere. */
export interface Segment {
  /** Byte of the disk. */
  readonly start: number;
  length: number;
  /** Index of the layer that holds them; -1: they read as zero. */
  readonly layer: number;
  /** Byte of the file, of its encoded bytes if they are encoded; -1 if they read as zero. */
  readonly offset: number;
  /** Of zeros: index of the layer that says so. Absent: no layer has anything there. */
  readonly zeroLayer?: number;
  /** The file that holds them. Absent: that of the layer. */
  readonly source?: ImageSource;
  /** Decodes them. Absent: they are in the file as they are. */
  readonly decode?: Decode;
}

/** A segment of a chain before it is known whether it can be read. */
export interface FoundSegment extends Segment {
  /** Present if the layer that should hold them is damaged there. */
  readonly damaged?: DamagedSegment;
}

/** Whether a segment goes on where another one ends, so that both can be one. */
export function continues(last: FoundSegment, next: FoundSegment): boolean {
  if (last.start + last.length !== next.start || last.layer !== next.layer) return false;
  if (last.damaged !== undefined || next.damaged !== undefined) return false;
  if (next.layer === -1) return last.zeroLayer === next.zeroLayer;
  if (last.decode !== undefined || next.decode !== undefined) return false;
  return last.source === next.source && last.offset + last.length === next.offset;
}

/** The part of a segment from byte `start` to byte `end` of the disk. Always another object. */
export function partOf(segment: FoundSegment, start: number, end: number): FoundSegment {
  const from = Math.max(segment.start, start);
  const length = Math.max(0, Math.min(segment.start + segment.length, end) - from);
  const isPlaced = segment.offset !== -1 && segment.decode === undefined;
  const offset = isPlaced ? segment.offset + (from - segment.start) : segment.offset;
  const { layer, zeroLayer, source, decode, damaged } = segment;
  return {
    ...{ start: from, length, layer, offset },
    ...(zeroLayer !== undefined && { zeroLayer }),
    ...(source && { source }),
    ...(decode && { decode }),
    ...(damaged && { damaged }),
  };
}
