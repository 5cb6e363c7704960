export { checkDescriptor } from './check-descriptor.ts';
export { diagnostic, isRefusal } from './diagnostics/diagnostic.ts';
export type { DiagnosticCode, DiagnosticData } from './diagnostics/codes.ts';
export type { Diagnostic, Position } from './diagnostics/diagnostic.ts';
export type { Severity } from './diagnostics/entry.ts';
export { formatDiagnostic, messageOf } from './diagnostics/format.ts';
export { DescriptorError } from './errors.ts';
export { buildGraph } from './graph/build.ts';
export type { SnapshotGraph } from './graph/build.ts';
export { imageList } from './graph/image-list.ts';
export type { ImageList } from './graph/image-list.ts';
export { isBase, isRawBase } from './graph/node.ts';
export type { SnapshotNode } from './graph/node.ts';
export { guidKey, NIL_GUID, parseGuid, parseGuidArgument, sameGuid, TOP_GUID } from './guid.ts';
export type { Guid } from './guid.ts';
export type {
  DesktopEncryption,
  DiskDescriptor,
  DiskMode,
  Geometry,
  Image,
  ImageType,
  ReverseMerge,
  Shot,
  StoragePart,
  Volume,
} from './model.ts';
export { MAX_DESCRIPTOR_BYTES, parseDescriptor, parseDescriptorOrThrow } from './parse.ts';
export type { AcceptedResult, ParseOptions, ParseResult, RefusedResult } from './parse.ts';
export { parseRelease } from './releases/release.ts';
export type { PlanRelease, Release, ReleaseName } from './releases/release.ts';
export { printable } from './diagnostics/printable.ts';
export { resolveFile } from './resolve-file.ts';
export { serializeDescriptor } from './serialize.ts';
export {
  bytes,
  CLUSTER_SECTORS,
  isClusterSize,
  SECTOR_SIZE,
  sectors,
  toBytes,
  toSectors,
} from './units.ts';
export type { Bytes, Sectors } from './units.ts';
