import type { ImageSegment } from './image-segment.ts';

type Growing = { -readonly [Name in keyof ImageSegment]: ImageSegment[Name] };

/** Segments of an image in order; those that continue each other are one. */
export interface SegmentList {
  /** Adds a segment unless it is empty; the list may make it longer later. */
  readonly add: (segment: ImageSegment) => void;
  readonly all: () => readonly ImageSegment[];
}

/** A list of no segment yet. */
export function createSegmentList(): SegmentList {
  const list: ImageSegment[] = [];
  let last: ImageSegment | undefined;
  return {
    add: (segment) => {
      if (segment.length === 0) return;
      if (last !== undefined && continues(last, segment)) {
        (last as Growing).length += segment.length;
        return;
      }
      last = segment;
      list.push(segment);
    },
    all: () => list,
  };
}

function continues(last: ImageSegment, next: ImageSegment): boolean {
  if (last.kind !== next.kind || last.start + last.length !== next.start) return false;
  if (next.kind === 'unallocated' || next.kind === 'zero') return true;
  if (next.kind !== 'stored' || last.kind !== 'stored') return false;
  return last.source === next.source && last.offset + last.length === next.offset;
}
