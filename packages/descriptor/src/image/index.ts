export { BAT_PIECE_ENTRIES, batPieces, readBat } from './bat.ts';
export type { BatPiece } from './bat.ts';
export type { ChainLayer } from './chain-layer.ts';
export type { ClusterUsage } from './check-bat.ts';
export { checkChain } from './check-chain.ts';
export type { ChainCheck, CheckChainOptions, StatedDisk } from './check-chain.ts';
export { checkImage } from './check-image.ts';
export type { CheckImageOptions, ImageCheck } from './check-image.ts';
export { chunks, createWebStream } from './chunks.ts';
export { createDelta, createImage } from './create-image.ts';
export type { NewDeltaOptions, NewImage, NewImageOptions } from './create-image.ts';
export { dataPieces } from './data-pieces.ts';
export type { DataPiece, PieceOptions } from './data-pieces.ts';
export { describeImage } from './describe.ts';
export type { DescriptionResult, ImageDescription, RawDescription } from './describe.ts';
export { diffChains } from './diff-chains.ts';
export type { ChangedRange, DiffOptions } from './diff-chains.ts';
export type { DirtyBitmap } from './dirty-bitmap.ts';
export { entryFault } from './entry.ts';
export type {
  ExtensionElement,
  ExtensionState,
  FormatExtension,
  UnknownElement,
} from './extension.ts';
export { extents } from './extents.ts';
export type { AllocatedExtent, Extent, ExtentOptions, ZeroExtent } from './extents.ts';
export { hashChain } from './hash-chain.ts';
export type { ByteConsumer } from './hash-chain.ts';
export { HEADER_BYTES, parseImageHeader } from './header.ts';
export type { HeaderResult, ImageHeader } from './header.ts';
export type { ImageStep } from './image-step.ts';
export type { ImageTarget } from './image-target.ts';
export type { ImageLayout } from './layout.ts';
export { mergeDelta } from './merge-delta.ts';
export type { MergeOptions, MergeResult } from './merge-delta.ts';
export { openChain } from './open-chain.ts';
export type { ByteRange, Chain, ChainContent, ChainOptions, ChainPart } from './open-chain.ts';
export type { ImageFlags, PloopDescription } from './ploop-header.ts';
export type { Qcow2Description } from './qcow2.ts';
export { qemuChain } from './qemu-chain.ts';
export type { QemuCalls, QemuChain, QemuChainOptions, QemuUse } from './qemu-chain.ts';
export { memorySource } from './read-at.ts';
export type { ImageSource, ReadAt, ReadAtSync } from './read-at.ts';
export type { Segment } from './segments.ts';
export { stepFaults } from './step-faults.ts';
export { stateMark } from './state-mark.ts';
export type { ImageState, StateMark } from './state-mark.ts';
export type { FileSystem, FileSystemResult } from '../peek/file-system.ts';
export type { Partition, PartitionTable, PartitionTableResult } from '../peek/partition.ts';
export { readPartitions } from '../peek/partitions.ts';
export { peekDisk } from '../peek/peek.ts';
export type { LuksHeader } from '../peek/luks.ts';
export type { Content, ContentType } from '../peek/content.ts';
export type { DiskContent, FoundContent, FoundFileSystem, FoundLuks } from '../peek/peek.ts';
export { readFileSystem } from '../peek/read-file-system.ts';
