import type { DiskDescriptor } from '@ploop/descriptor';
import { runAsync, runSync, type Steps } from '@ploop/descriptor/node';
import type { Runner } from '@ploop/runner';

import {
  deleteSnapshot,
  type DeletedSnapshot,
  type DeleteSnapshotOptions,
} from './mutations/delete-snapshot.ts';
import { mergeSnapshot, type MergedSnapshot } from './mutations/merge-snapshot.ts';
import { snapshot, type NewSnapshot, type SnapshotOptions } from './mutations/snapshot.ts';
import { switchSnapshot, type SwitchedSnapshot } from './mutations/switch-snapshot.ts';
import { exclusively, type MutationOptions, type Target } from './mutations/target.ts';
import { imageInfoOf, type ImageInfo } from './reads/image-info.ts';
import { imagesOf, type DiskImage } from './reads/images.ts';
import { snapshotsOf, type DiskSnapshot } from './reads/snapshots.ts';
import { topDeltaOf } from './reads/top-delta.ts';
import { stateOf, type DiskState } from './state.ts';

/**
 * A ploop disk. Holds no state but its path: every call sees the disk as it is at that moment.
 *
 * Reads open files; they start no process, take no lock and leave nothing behind. Each is also there as `…Sync`. They
 * throw DescriptorError where the descriptor or an image cannot be read or is damaged, and RefusedError for a GUID that
 * is none or is unknown.
 *
 * Mutations run the tool and give what it did, read back from the descriptor. Those through one runner change a disk one
 * after the other; the tool's own lock keeps those of other programs apart. They throw PloopError where the tool fails or
 * the call is refused, and DescriptorError as the reads do. A damaged disk is not changed: `REFUSED`, `DISK_DAMAGED`.
 */
export interface Disk {
  /** Absolute path of DiskDescriptor.xml, symlinks resolved. */
  readonly descriptorPath: string;

  /** The descriptor as it is now. */
  readonly descriptor: () => Promise<DiskDescriptor>;
  readonly descriptorSync: () => DiskDescriptor;
  /** Absolute path of the file that is written to. */
  readonly topDelta: () => Promise<string>;
  readonly topDeltaSync: () => string;
  /** The files that make up a snapshot, by default the top: base first, absolute. */
  readonly images: (guid?: string) => Promise<readonly DiskImage[]>;
  readonly imagesSync: (guid?: string) => readonly DiskImage[];
  /** All shots, the top included, in the order of the descriptor. */
  readonly snapshots: () => Promise<readonly DiskSnapshot[]>;
  readonly snapshotsSync: () => readonly DiskSnapshot[];
  /** Size and cluster size in bytes, and the format version, from the header of the top delta. */
  readonly imageInfo: () => Promise<ImageInfo>;
  readonly imageInfoSync: () => ImageInfo;

  /** Freezes the state; a new, empty top delta takes what is written from now on. */
  readonly snapshot: (options?: SnapshotOptions) => Promise<NewSnapshot>;
  /** Discards what was written since the last snapshot and continues from the given one. */
  readonly switchSnapshot: (guid: string, options?: MutationOptions) => Promise<SwitchedSnapshot>;
  /** Deletes a snapshot. One with several children stays, marked temporary: see `outcome`. */
  readonly deleteSnapshot: (
    guid: string,
    options?: DeleteSnapshotOptions,
  ) => Promise<DeletedSnapshot>;
  /** Merges a snapshot, by default the top, into its parent. The upper GUID and the lower file remain. */
  readonly mergeSnapshot: (guid?: string, options?: MutationOptions) => Promise<MergedSnapshot>;
}

/** The disk of a descriptor, whose path is real and absolute. */
export function makeDisk(descriptorPath: string, runner: Runner): Disk {
  const target: Target = { descriptorPath, runner };
  const [descriptor, descriptorSync] = both(function* () {
    return (yield* stateOf(descriptorPath)).descriptor;
  });
  const [imageInfo, imageInfoSync] = both(() => imageInfoOf(descriptorPath));
  const read = <Arguments extends readonly unknown[], Result>(
    answer: (state: DiskState, ...given: Arguments) => Result,
  ) =>
    both(function* (...given: Arguments): Steps<Result> {
      return answer(yield* stateOf(descriptorPath), ...given);
    });
  const [topDelta, topDeltaSync] = read(topDeltaOf);
  const [images, imagesSync] = read((state: DiskState, guid?: string) => imagesOf(state, guid));
  const [snapshots, snapshotsSync] = read(snapshotsOf);

  return {
    descriptorPath,
    descriptor,
    descriptorSync,
    topDelta,
    topDeltaSync,
    images,
    imagesSync,
    snapshots,
    snapshotsSync,
    imageInfo,
    imageInfoSync,
    snapshot: (options) => exclusively(target, () => snapshot(target, options)),
    switchSnapshot: (guid, options) =>
      exclusively(target, () => switchSnapshot(target, guid, options)),
    deleteSnapshot: (guid, options) =>
      exclusively(target, () => deleteSnapshot(target, guid, options)),
    mergeSnapshot: (guid, options) =>
      exclusively(target, () => mergeSnapshot(target, guid, options)),
  };
}

/** One read in its two forms. */
function both<Arguments extends readonly unknown[], Result>(
  steps: (...given: Arguments) => Steps<Result>,
): [(...given: Arguments) => Promise<Result>, (...given: Arguments) => Result] {
  return [(...given) => runAsync(steps(...given)), (...given) => runSync(steps(...given))];
}
