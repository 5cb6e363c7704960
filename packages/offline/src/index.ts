export type { BackupFile, BackupOptions, BackupSet } from './backup/backup-set.ts';
export { backupSet } from './backup/backup-set.ts';
export type { Increment } from './backup/incremental.ts';
export { incremental } from './backup/incremental.ts';
export { parseBackupSet } from './backup/parse-backup-set.ts';
export type { RestoreOptions } from './backup/restore-backup.ts';
export { restoreBackup } from './backup/restore-backup.ts';
export type { VerifyBackupOptions } from './backup/verify-backup.ts';
export { verifyBackup } from './backup/verify-backup.ts';
export type { CheckDiskOptions, DiskCheck, DiskImageCheck } from './check/check-disk.ts';
export { checkDisk } from './check/check-disk.ts';
export type { CheckFilesOptions } from './check/check-files.ts';
export { checkFiles } from './check/check-files.ts';
export { findOutside } from './check/find-outside.ts';
export type { ImageTargetFile } from './disk/image-file.ts';
export { openImageTarget, writeNewImage } from './disk/image-file.ts';
export type { AloneDisk, LoadedAlone } from './disk/alone.ts';
export type { LoadedDisk } from './disk/load-disk.ts';
export type { HeaderFile } from './disk/load-header.ts';
export { loadDescriptorOrImage } from './disk/load-image.ts';
export type { LoadVolumesOptions, LoadedVolume, LoadedVolumes } from './disk/load-volumes.ts';
export { loadVolumes, loadVolumesSync } from './disk/load-volumes.ts';
export type { ImageFile } from './disk/open-image.ts';
export { describeImageFile, openImageFile } from './disk/open-image.ts';
export { identifySnapshot, identifySnapshotSync } from './disk/identify-snapshot.ts';
export type {
  AloneSnapshot,
  SnapshotFiles,
  SnapshotImage,
  SnapshotOptions,
  SnapshotPart,
} from './disk/snapshot-files.ts';
export { snapshotFiles } from './disk/snapshot-files.ts';
export type { ExportProgress } from './export/copy.ts';
export type { ExportOptions, ExportResult } from './export/export-options.ts';
export { exportSnapshot } from './export/export-snapshot.ts';
export type { SnapshotLossesOptions } from './export/snapshot-losses.ts';
export { snapshotLosses } from './export/snapshot-losses.ts';
export type { ExportFormatName } from './export/formats/index.ts';
export type {
  TreeOptions,
  TreeProgress,
  TreeResult,
  TreeSnapshot,
} from './export/tree/export-tree.ts';
export { exportTree } from './export/tree/export-tree.ts';
export type { DiskFile, DiskFiles, OpenFilesOptions } from './files/open-files.ts';
export { openFiles } from './files/open-files.ts';
export type { CopyFault } from './guard/copy-fault.ts';
export { copyFault } from './guard/copy-fault.ts';
export type { StepFindingOptions, SteppedDisk } from './guard/step-findings.ts';
export { stepFindings } from './guard/step-findings.ts';
export type { Evidence } from './recover/evidence.ts';
export type { RecoveredDisk, RecoverOptions, RecoveryCandidate } from './recover/recover-disk.ts';
export { recoverDisk } from './recover/recover-disk.ts';
export type { OtherSnapshot, Overlay } from './serve/open-exports.ts';
export type { NbdAddress, NbdServer, ServeNbdOptions } from './serve/serve-nbd.ts';
export { serveNbd } from './serve/serve-nbd.ts';
export { diffSnapshots } from './snapshot/diff-snapshots.ts';
export type { OpenImage, OpenSnapshotOptions, Snapshot } from './snapshot/open-snapshot.ts';
export { openSnapshot } from './snapshot/open-snapshot.ts';
export type { CompactImage, CompactSpace, CompactSpaceOptions } from './space/compact-space.ts';
export { compactSpace } from './space/compact-space.ts';
export type { FreeFileSystem } from './space/free-clusters.ts';
export type { DiskSpace, DiskSpaceOptions, ImageSpace } from './space/disk-space.ts';
export { diskSpace } from './space/disk-space.ts';
export type { LeftoverSpace } from './space/leftover-space.ts';
export type { OperationSpace, SpaceRefusal, UnknownSpace } from './space/operation-space.ts';
export { foreignFileFindings } from './guard/foreign-file.ts';
