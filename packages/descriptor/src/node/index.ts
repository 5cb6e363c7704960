export { checkDisk } from './check-disk.ts';
export type { CheckDiskOptions, DiskCheck, DiskImageCheck } from './check-disk.ts';
export { backupSet } from './backup/backup-set.ts';
export type { BackupFile, BackupOptions, BackupSet } from './backup/backup-set.ts';
export { incremental } from './backup/incremental.ts';
export type { Increment } from './backup/incremental.ts';
export { parseBackupSet } from './backup/parse-backup-set.ts';
export { restoreBackup, verifyBackup } from './backup/restore-backup.ts';
export type { RestoreOptions, VerifyBackupOptions } from './backup/restore-backup.ts';
export { checkFiles } from './check-files.ts';
export type { CheckFilesOptions } from './check-files.ts';
export { copyFault } from './copy-fault.ts';
export type { CopyFault } from './copy-fault.ts';
export { deviceNumber } from './device-number.ts';
export { closeFile, realPath, readStart, startOfOpen, status } from './files.ts';
export { diffSnapshots } from './diff-snapshots.ts';
export type { ExportProgress } from './export/copy.ts';
export { exportSnapshot } from './export/export-snapshot.ts';
export type { ExportOptions, ExportResult } from './export/export-snapshot.ts';
export type { LostRange } from '../image/lost-ranges.ts';
export { diskSpace } from './disk-space.ts';
export type { DiskSpace, DiskSpaceOptions, ImageSpace } from './disk-space.ts';
export type { OperationSpace, SpaceRefusal, UnknownSpace } from './operation-space.ts';
export type { LeftoverSpace } from './leftover-space.ts';
export { findDisks } from './find-disks.ts';
export type { FindOptions } from './find-disks.ts';
export type { FileStart, OpenFile } from './files.ts';
export { sameIdentity } from './identity.ts';
export type { FileIdentity } from './identity.ts';
export { openImageTarget, writeNewImage } from './image-file.ts';
export type { ImageTargetFile } from './image-file.ts';
export {
  DESCRIPTOR_NAME,
  descriptorAt,
  loadDescriptor,
  loadDescriptorSync,
  locateDescriptor,
} from './load-descriptor.ts';
export type { DescriptorFile, LoadedDescriptor } from './load-descriptor.ts';
export { loadDescriptorOrImage } from './load-image.ts';
export type { LoadedDisk } from './load-disk.ts';
export { confinementOf, leadsOutside, openNamed, openWithin } from './confine.ts';
export type { Confinement, ConfineOptions, NamedFile } from './confine.ts';
export { findLinksOutside, findOutside } from './find-outside.ts';
export { loadVolumes, loadVolumesSync, volumesAt } from './load-volumes.ts';
export type { LoadedVolume, LoadedVolumes, LoadVolumesOptions } from './load-volumes.ts';
export { headerAt, headerFileAt, namedHeaderFileAt } from './load-header.ts';
export type { HeaderFile } from './load-header.ts';
export {
  describeImageFile,
  describeNamedImage,
  descriptionAt,
  openImageFile,
} from './open-image.ts';
export type { ImageFile } from './open-image.ts';
export { readable } from './readable.ts';
export { refuseTooManyOpen, tooManyOpen } from '../too-many-open.ts';
export { openSnapshot } from './open-snapshot.ts';
export type { OpenImage, OpenSnapshotOptions, Snapshot } from './open-snapshot.ts';
export { entryName } from './path-name.ts';
export type { EntryName } from './path-name.ts';
export { placeNew, syncPlace } from './place-file.ts';
export { peekSnapshot, peekSnapshotSync, snapshotContent } from './peek-snapshot.ts';
export { snapshotFiles } from './snapshot-files.ts';
export type {
  SnapshotFiles,
  SnapshotImage,
  SnapshotOptions,
  SnapshotPart,
} from './snapshot-files.ts';
export { saveDescriptor, saveDescriptorSync, savedDescriptor } from './save-descriptor.ts';
export type { SaveOptions } from './save-descriptor.ts';
export { stepFindings } from './step-findings.ts';
export type { StepFindingOptions, SteppedDisk } from './step-findings.ts';
export { perform, runAsync, runSync } from '../steps.ts';
export type { Step, Steps } from '../steps.ts';
