import type { DiskDescriptor } from '@ploop/descriptor';
import type { CheckResult } from '@ploop/runner';

import type { FindDevicesOptions } from '../devices/find-devices.ts';
import type { DropCbtOptions, DumpCbtOptions, DumpedCbt } from '../mutations/cbt.ts';
import type { CheckDiskOptions } from '../mutations/check-disk.ts';
import type { ConvertedDisk, ConvertOptions, ConvertTarget } from '../mutations/convert.ts';
import type { SendCopyOptions } from '../mutations/copy-top.ts';
import type { DeletedSnapshot, DeleteSnapshotOptions } from '../mutations/delete-snapshot.ts';
import type { DiscardOptions, DiscardStats } from '../mutations/discard.ts';
import type { EncryptedDisk, EncryptOptions } from '../mutations/encrypt.ts';
import type { GrownDisk, GrowOptions } from '../mutations/grow.ts';
import type { MergedSnapshot, MergeSnapshotOptions } from '../mutations/merge-snapshot.ts';
import type { MountedDisk, MountOptions } from '../mutations/mount.ts';
import type { ReplacedImage, ReplaceOptions } from '../mutations/replace.ts';
import type { ResizedDisk, ResizeOptions } from '../mutations/resize.ts';
import type { MaxDeltaSize } from '../mutations/set-max-delta-size.ts';
import type { NewSnapshot, SnapshotOptions } from '../mutations/snapshot.ts';
import type { SwitchSnapshotOptions } from '../mutations/switch-snapshot.ts';
import type { SwitchedSnapshot } from '../mutations/switched-snapshot.ts';
import type {
  TemporarySnapshot,
  TemporarySnapshotOptions,
} from '../mutations/temporary-snapshot.ts';
import type { UmountOptions, UnmountedDisk } from '../mutations/umount.ts';
import type { DiskPlans } from '../plans/plans.ts';
import type { DirtyBitmap } from '../reads/dirty-bitmaps.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import type { FsInfo } from '../reads/fs-info.ts';
import type { DiskImage } from '../reads/images.ts';
import type { DiskSnapshot } from '../reads/snapshots.ts';
import type { MutationOptions } from '../run/run-target.ts';
import type { ImageInfo } from '../values/image-parameters.ts';
import type { DiskChange } from '../watch/disk-change.ts';
import type { WatchOptions } from '../watch/watch-disk.ts';
import type { AskOptions } from './ask-tool.ts';

/**
 * A ploop disk. Holds no state but its path: every call sees the disk as it is at that moment.
 *
 * Arguments and options of the wrong type are refused before anything is read or started: RefusedError with `OPTION_INVALID`, or
 * `GUID_INVALID` for a GUID.
 *
 * Reads open files; they start no process, take no lock and leave nothing behind. Each is also there as `…Sync`. They
 * throw DescriptorError where the descriptor or an image cannot be read or is damaged, RefusedError for an invalid or unknown
 * GUID, and ReadError if the kernel does not report it. Answers may be shared: do not change them.
 *
 * Mutations run the tool and give what it did, read back from the descriptor. Those through this package, in one process or
 * several, change a disk one after the other; one that waits 60 s for another process fails with `EXIT`, 23, `retryable`.
 * `discard` and `sendCopy`, which can take hours, wait for calls of their own process only. The tool's own lock keeps other
 * programs apart while it runs, not while a mutation checks the disk before. They throw PloopError where the tool fails or
 * the call is refused, and DescriptorError as the reads do. A disk that leads outside of where its files may be, see
 * `confine`, is not changed: `REFUSED`, `DELTA_OUTSIDE`. A damaged disk is not changed: `REFUSED`, `DISK_DAMAGED`;
 * nor is one that a device writes to which the tool does not see, under a component name or another path: `DISK_MOUNTED`;
 * nor one of which neither the kernel nor the tool reports whether a device has it: `MOUNT_UNKNOWN`, see `assumeUnmounted`;
 * nor one whose descriptor the release of the tool would write without its key or its parent volume, or crash over:
 * `DESCRIPTOR_MISWRITTEN`, `DISK_IS_VOLUME`. What a failed mutation has left is in `leftBehind` of the PloopError: only
 * what its own runs of the tool made, by what they said, and what is still there. A file that the descriptor names is never
 * in it, nor is what another program did. A call of two steps whose second is refused says in the message what the first did:
 * `DISK_CHANGED` if another program changed the disk between them.
 */
export interface Disk extends AsyncDisposable {
  /** Absolute path of DiskDescriptor.xml, symlinks resolved. */
  readonly descriptorPath: string;

  /** The descriptor as it is now. */
  readonly descriptor: () => Promise<DiskDescriptor>;
  readonly descriptorSync: () => DiskDescriptor;
  /** Absolute path of the file that is written to. */
  readonly topDelta: () => Promise<string>;
  readonly topDeltaSync: () => string;
  /** The files that make up a snapshot, by default the top: base first, absolute. Those of parent volumes are among them. */
  readonly images: (guid?: string) => Promise<readonly DiskImage[]>;
  readonly imagesSync: (guid?: string) => readonly DiskImage[];
  /** All shots, the top included, in the order of the descriptor; those of parent volumes follow. */
  readonly snapshots: () => Promise<readonly DiskSnapshot[]>;
  readonly snapshotsSync: () => readonly DiskSnapshot[];
  /** Size and cluster size in bytes, and the format version: of the device where one runs, else of the top delta. */
  readonly imageInfo: () => Promise<ImageInfo>;
  readonly imageInfoSync: () => ImageInfo;
  /** Whether a device without component name runs with the disk. */
  readonly isMounted: (options?: AskOptions) => Promise<boolean>;
  readonly isMountedSync: () => boolean;
  /** All devices of the disk: those with component names and those of snapshots, too. */
  readonly mounts: (options?: FindDevicesOptions & AskOptions) => Promise<readonly DiskMount[]>;
  readonly mountsSync: (options?: FindDevicesOptions) => readonly DiskMount[];
  /** The size and use of the file system. */
  readonly fsInfo: (options?: AskOptions) => Promise<FsInfo>;
  readonly fsInfoSync: () => FsInfo;

  /** The dirty bitmaps of the top delta: which changed-block tracking there is. */
  readonly dirtyBitmaps: () => Promise<readonly DirtyBitmap[]>;

  /**
   * What becomes of the disk from now on, whatever makes the change: `for await (const change of disk.watch({ signal }))`. States
   * are compared, so what is done and undone between two looks is not reported. Ends with the signal or the disk's disposal.
   */
  readonly watch: (options?: WatchOptions) => AsyncIterable<DiskChange>;

  /** What mutations would do, without doing it: `disk.plan.deleteSnapshot(guid)`. */
  readonly plan: DiskPlans;
  /** Puts the disk on a device, and its file system at a directory where one is given. */
  readonly mount: (options?: MountOptions) => Promise<MountedDisk>;
  /** Takes it from there; see `isNotMounted` for where it was not. */
  readonly umount: (options?: UmountOptions) => Promise<UnmountedDisk>;
  /** Makes the disk and its file system as large as the given number of bytes, or the file system smaller. */
  readonly resize: (size: number, options?: ResizeOptions) => Promise<ResizedDisk>;
  /**
   * Puts a copy of an image in its place. A copy outside the directory of the disk makes the disk lead outside: later calls
   * need a `confine` that holds the copy, or `keepName`, which moves it into the place of the image.
   */
  readonly replace: (options: ReplaceOptions) => Promise<ReplacedImage>;
  /** Freezes the state; a new, empty top delta takes what is written from now on. */
  readonly snapshot: (options?: SnapshotOptions) => Promise<NewSnapshot>;
  /** Continues from the given snapshot. What was written since the last one is discarded, or kept. */
  readonly switchSnapshot: (
    guid: string,
    options?: SwitchSnapshotOptions,
  ) => Promise<SwitchedSnapshot>;
  /** Deletes a snapshot. One with several children stays, marked temporary: see `outcome`. */
  readonly deleteSnapshot: (
    guid: string,
    options?: DeleteSnapshotOptions,
  ) => Promise<DeletedSnapshot>;
  /** Merges a snapshot, by default the top, into its parent. The upper GUID and the lower file remain. */
  readonly mergeSnapshot: (
    guid?: string,
    options?: MergeSnapshotOptions,
  ) => Promise<MergedSnapshot>;

  /** Gives a disk that is on no device another layout or format version. */
  readonly convert: (target: ConvertTarget, options?: ConvertOptions) => Promise<ConvertedDisk>;
  /** Lets the tool check the images, and repair what was not closed cleanly. */
  readonly check: (options?: CheckDiskOptions) => Promise<CheckResult>;
  /** Encrypts a disk that is on no device, gives it another key, or decrypts it. */
  readonly encrypt: (options: EncryptOptions) => Promise<EncryptedDisk>;
  /** Takes a snapshot to be backed up, and mounts it read-only: `await using` ends it. */
  readonly temporarySnapshot: (options: TemporarySnapshotOptions) => Promise<TemporarySnapshot>;
  /** How much of a mounted disk is in use, and how much its images take. */
  readonly discardStats: (options?: MutationOptions) => Promise<DiscardStats>;
  /** Gives free space of a mounted disk back to the file system below. */
  readonly discard: (options?: DiscardOptions) => Promise<void>;
  /** Makes the virtual disk as large as the given number of bytes, and nothing on it: `resize` does both. */
  readonly grow: (size: number, options?: GrowOptions) => Promise<GrownDisk>;
  /** Limits the file of the top delta to a number of bytes, or no more; the block driver respects it from the next mount on. */
  readonly setMaxDeltaSize: (
    size: number | 'unlimited',
    options?: MutationOptions,
  ) => Promise<MaxDeltaSize>;
  /** Ends changed-block tracking, or copies it into a file. */
  readonly dropCbt: (options?: DropCbtOptions) => Promise<void>;
  readonly dumpCbt: (options: DumpCbtOptions) => Promise<DumpedCbt>;
  /** Sends the top delta of a mounted disk to `receiveCopy`, while it is written to. */
  readonly sendCopy: (options: SendCopyOptions) => Promise<void>;

  /** Ends what watches the disk, and waits for the mutations through its runner: `await using disk = …`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}
