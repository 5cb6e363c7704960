export { BAT_PIECE_ENTRIES, batPieces, readBat } from './bat.ts';
export type { BatPiece } from './bat.ts';
export { describeImage } from './describe.ts';
export type { DescriptionResult, ImageDescription, RawDescription } from './describe.ts';
export type { DirtyBitmap } from './dirty-bitmap.ts';
export { entryFault } from './entry.ts';
export type {
  ExtensionElement,
  ExtensionState,
  FormatExtension,
  UnknownElement,
} from './extension.ts';
export { HEADER_BYTES, parseImageHeader } from './header.ts';
export type { HeaderResult, ImageHeader } from './header.ts';
export type { ImageLayout } from './layout.ts';
export type { ImageFlags, PloopDescription } from './ploop-header.ts';
export type { Qcow2Description } from './qcow2.ts';
export { memorySource } from './read-at.ts';
export type { ImageSource, ReadAt } from './read-at.ts';
export type { ImageState, StateMark } from './state-mark.ts';
export type { FileSystem, FileSystemResult } from '../peek/file-system.ts';
export type { Partition, PartitionTable, PartitionTableResult } from '../peek/partition.ts';
export { readPartitions } from '../peek/partitions.ts';
export { peekDisk } from '../peek/peek.ts';
export type { DiskContent, FoundFileSystem } from '../peek/peek.ts';
export { readFileSystem } from '../peek/read-file-system.ts';
