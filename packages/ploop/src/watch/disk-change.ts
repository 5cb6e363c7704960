import type { Bytes, DescriptorError, Guid } from '@ploop/descriptor';

/**
 * What became of a disk between two looks at its descriptor. Files are absolute paths; GUIDs are spelled as in the
 * descriptor.
 */
export type DiskChange =
  /** There is a new snapshot. */
  | {
      readonly change: 'snapshot-added';
      readonly guid: Guid;
      readonly parentGuid: Guid;
      readonly file: string | undefined;
    }
  /** A snapshot is gone, and so is its file. */
  | { readonly change: 'snapshot-removed'; readonly guid: Guid }
  /**
   * A snapshot is gone, and its file holds what `into` is now. What was above it was merged into that file, or discarded:
   * the descriptor is the same after both.
   */
  | { readonly change: 'snapshot-merged'; readonly guid: Guid; readonly into: Guid }
  /** A snapshot is about to be merged away by the tool, or no more. */
  | { readonly change: 'snapshot-marked'; readonly guid: Guid; readonly temporary: boolean }
  /**
   * The disk continues from another snapshot, `to`, or from the same one in another file: what was in the old top is
   * discarded or in a snapshot that was added.
   */
  | {
      readonly change: 'switched';
      readonly from: Guid;
      readonly to: Guid;
      readonly topDelta: string | undefined;
    }
  /** An image is in another file. */
  | {
      readonly change: 'image-replaced';
      readonly guid: Guid;
      readonly from: string | undefined;
      readonly file: string | undefined;
    }
  /** The descriptor states another virtual size. */
  | { readonly change: 'resized'; readonly size: Bytes }
  /** Anything else in the descriptor: its format, its encryption, the way it is written. */
  | { readonly change: 'descriptor-changed' }
  /** The descriptor is gone, or is one that the tool would refuse. */
  | { readonly change: 'unreadable'; readonly error: DescriptorError }
  /** It can be read again. What else has changed meanwhile follows. */
  | { readonly change: 'readable' };
