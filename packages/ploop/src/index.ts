export { createDisk } from './create-disk.ts';
export type { CreateDiskOptions } from './create-disk.ts';
export type { Disk } from './disk.ts';
export type { DeletedSnapshot, DeleteSnapshotOptions } from './mutations/delete-snapshot.ts';
export type { MergedSnapshot } from './mutations/merge-snapshot.ts';
export type { NewSnapshot, SnapshotOptions } from './mutations/snapshot.ts';
export type { SwitchedSnapshot } from './mutations/switch-snapshot.ts';
export type { MutationOptions } from './mutations/target.ts';
export { openDisk, openDiskSync } from './open-disk.ts';
export type { OpenDiskOptions } from './open-disk.ts';
export type { ImageInfo } from './reads/image-info.ts';
export type { DiskImage } from './reads/images.ts';
export type { DiskSnapshot } from './reads/snapshots.ts';

export {
  buildGraph,
  bytes,
  DescriptorError,
  formatDiagnostic,
  NIL_GUID,
  parseDescriptor,
  parseDescriptorOrThrow,
  parseGuid,
  renderTextTree,
  sameGuid,
  TOP_GUID,
} from '@ploop/descriptor';
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
export {
  AbortedError,
  createRunner,
  ExitCode,
  ExitError,
  isPloopError,
  OutcomeError,
  OutputError,
  PloopError,
  RefusedError,
  SignalError,
  SpawnError,
  TimeoutError,
} from '@ploop/runner';
export type {
  FileSystem,
  ImageFormat,
  PloopErrorCode,
  Refusal,
  RunEvent,
  Runner,
  RunnerOptions,
  ToolError,
} from '@ploop/runner';
