export type { Device, Layer, MountPoint } from './devices/device.ts';
export type { FindDevicesOptions } from './devices/find-devices.ts';
export {
  deviceOfMountPoint,
  deviceOfMountPointSync,
  findDevice,
  findDeviceSync,
  listDevices,
  listDevicesSync,
} from './devices/list-devices.ts';
export type { ListDevicesOptions } from './devices/list-devices.ts';
export type { Namespaces } from './devices/mount-table.ts';
export { createDisk } from './disk/create-disk.ts';
export type { CreateDiskOptions } from './disk/create-disk.ts';
export type { Disk } from './disk/disk.ts';
export { openDisk, openDiskSync } from './disk/open-disk.ts';
export { restoreDescriptor } from './disk/restore-descriptor.ts';
export type { RestoreDescriptorOptions } from './disk/restore-descriptor.ts';
export type { PreflightCode, PreflightFinding } from './doctor/finding.ts';
export { preflight } from './doctor/preflight.ts';
export type { PreflightOptions, PreflightReport } from './doctor/preflight.ts';
export { ReadError } from './io/read-error.ts';
export type { ReadErrorCode } from './io/read-error.ts';
export type { Roots } from './io/roots.ts';
export type { DumpCbtOptions, DumpedCbt } from './mutations/cbt.ts';
export type { CheckDiskOptions } from './mutations/check-disk.ts';
export type { ConvertedDisk, ConvertTarget } from './mutations/convert.ts';
export { receiveCopy } from './mutations/copy-top.ts';
export type { ReceiveCopyOptions, SendCopyOptions } from './mutations/copy-top.ts';
export type { DeletedSnapshot, DeleteSnapshotOptions } from './mutations/delete-snapshot.ts';
export type { DiscardOptions, DiscardStats } from './mutations/discard.ts';
export type { EncryptedDisk, EncryptOptions } from './mutations/encrypt.ts';
export type { GrownDisk } from './mutations/grow.ts';
export type { MergedSnapshot } from './mutations/merge-snapshot.ts';
export type { MountedDisk, MountOptions } from './mutations/mount.ts';
export type { ImageTarget, ReplacedImage, ReplaceOptions } from './mutations/replace.ts';
export type { DiskPlan, DiskPlanOptions, DiskPlanRefusal, MutationPlan } from './mutations/plan.ts';
export type { ResizedDisk, ResizeOptions, ResizeWay } from './mutations/resize.ts';
export type { DevicePlan } from './mutations/device-plan.ts';
export type { MaxDeltaSize } from './mutations/set-max-delta-size.ts';
export type { NewSnapshot, SnapshotOptions } from './mutations/snapshot.ts';
export type { SwitchSnapshotOptions } from './mutations/switch-snapshot.ts';
export type { SwitchedSnapshot } from './mutations/switched-snapshot.ts';
export type {
  TemporarySnapshot,
  TemporarySnapshotOptions,
} from './mutations/temporary-snapshot.ts';
export { umountDevice, umountPath } from './mutations/umount-place.ts';
export type { UmountPlaceOptions } from './mutations/umount-place.ts';
export type { UmountOptions, UnmountedDisk } from './mutations/umount.ts';
export { planCall } from './plans/plan-call.ts';
export type { PlanCallOptions } from './plans/plan-call.ts';
export type { DiskPlans } from './plans/plans.ts';
export type { AskOptions } from './disk/ask-tool.ts';
export type { DirtyBitmap } from './reads/dirty-bitmaps.ts';
export type { Confidence } from './reads/disk-mount.ts';
export type { DiskMount } from './reads/disk-mount.ts';
export type { FsInfo } from './reads/fs-info.ts';
export type { DiskImage } from './reads/images.ts';
export { readImageInfo, readImageInfoSync } from './reads/read-image-info.ts';
export type { ReadImageInfoOptions } from './reads/read-image-info.ts';
export type { DiskSnapshot } from './reads/snapshots.ts';
export type { MutationOptions } from './run/run-target.ts';
export type { OpenDiskOptions } from './state/source-at.ts';
export { randomGuid as generateGuid } from '@ploop/descriptor/internal';
export type { ImageDifference, ImageInfo } from './values/image-parameters.ts';
export { maxDiskSize } from './values/max-disk-size.ts';
export { parseImageFormat } from './values/parse-image-format.ts';
export { cloneVolume, snapshotVolume } from './volumes/copy-volume.ts';
export type { CopyVolumeOptions } from './volumes/copy-volume.ts';
export { createVolume } from './volumes/create-volume.ts';
export type { CreateVolumeOptions } from './volumes/create-volume.ts';
export { deleteVolume } from './volumes/delete-volume.ts';
export { switchVolume } from './volumes/switch-volume.ts';
export type { SwitchVolumeOptions } from './volumes/switch-volume.ts';
export { volumeTree } from './volumes/volume-tree.ts';
export type { VolumeNode, VolumeTreeOptions } from './volumes/volume-tree.ts';
export type { VolumeOptions } from './volumes/volume.ts';
export type { DiskChange } from './watch/disk-change.ts';
export type { WatchOptions } from './watch/watch-disk.ts';

export {
  buildGraph,
  bytes,
  DescriptorError,
  formatDiagnostic,
  NIL_GUID,
  parseDescriptor,
  parseDescriptorOrThrow,
  parseGuid,
  sameGuid,
  TOP_GUID,
} from '@ploop/descriptor';
export { renderTextTree } from '@ploop/descriptor/render';
export type {
  Bytes,
  Diagnostic,
  DiagnosticCode,
  DiskDescriptor,
  DiskMode,
  Guid,
  Image,
  ImageType,
  Sectors,
  Shot,
  SnapshotGraph,
  SnapshotNode,
} from '@ploop/descriptor';
export type { ImageState, StateMark } from '@ploop/image';
export {
  AbortedError,
  createRunner,
  ExitCode,
  ExitError,
  exitNameOf,
  isExit,
  isNotMounted,
  isPloopError,
  OutcomeError,
  OutputError,
  PloopError,
  quoteCommand,
  RefusedError,
  SignalError,
  SpawnError,
  TimeoutError,
} from '@ploop/runner';
export type {
  CheckResult,
  FileSystem,
  ExitName,
  ImageFormat,
  LoadedModule,
  LogEntry,
  LogLevel,
  PloopErrorCode,
  Refusal,
  RunEvent,
  Runner,
  RunnerOptions,
  ToolError,
} from '@ploop/runner';
