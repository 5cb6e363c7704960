export type {
  ByteRange,
  Content,
  ContentType,
  ExtentOptions,
  HeaderResult,
  ImageHeader,
  ImageSource,
  ImageState,
  ImageStep,
  ReadAt,
  ReadAtSync,
  StateMark,
} from '@ploop/descriptor/internal';
export {
  chunks,
  createWebStream,
  HEADER_BYTES,
  memorySource,
  parseImageHeader,
  stateMark,
} from '@ploop/descriptor/internal';
export type { ChainLayer } from './chain/chain-layer.ts';
export type { DataPiece, PieceOptions } from './chain/data-pieces.ts';
export { dataPieces } from './chain/data-pieces.ts';
export type { ChangedRange, DiffOptions } from './chain/diff-chains.ts';
export { diffChains } from './chain/diff-chains.ts';
export type { AllocatedExtent, Extent, ZeroExtent } from './chain/extents.ts';
export { extents } from './chain/extents.ts';
export type { ByteConsumer } from './chain/hash-chain.ts';
export { hashChain } from './chain/hash-chain.ts';
export type { LostRange } from './chain/lost-ranges.ts';
export type {
  Chain,
  ChainContent,
  ChainOptions,
  ChainPart,
  ContentLayer,
} from './chain/open-chain.ts';
export type { MissingEnd } from './chain/parts.ts';
export { openChain } from './chain/open-chain.ts';
export type { QemuCalls, QemuChain, QemuChainOptions, QemuUse } from './chain/qemu-chain.ts';
export { qemuChain } from './chain/qemu-chain.ts';
export type { Segment } from './chain/segment.ts';
export type { ClusterUsage } from './formats/usage.ts';
export type { ChainCheck, CheckChainOptions, StatedDisk } from './check/check-chain.ts';
export { checkChain } from './check/check-chain.ts';
export type { CheckImageOptions, ImageCheck } from './check/check-image.ts';
export { checkImage } from './check/check-image.ts';
export { stepFaults } from './check/step-faults.ts';
export type { DescriptionResult, ImageDescription } from './formats/description.ts';
export { describeImage } from './formats/describe.ts';
export type { RawDescription } from './formats/raw/raw-description.ts';
export type { DirtyBitmap } from './formats/ploop/extension/extension-elements.ts';
export type {
  ExtensionElement,
  ExtensionState,
  FormatExtension,
  UnknownElement,
} from './formats/ploop/extension/extension-elements.ts';
export type { ImageLayout } from './formats/ploop/layout.ts';
export type { ImageFlags, PloopDescription } from './formats/ploop/ploop-description.ts';
export type {
  InternalSnapshot,
  Qcow2Bitmap,
  Qcow2Description,
  Qcow2Details,
} from './formats/qcow2/qcow2-description.ts';
export type { BatPiece } from './formats/ploop/table/bat.ts';
export { BAT_PIECE_ENTRIES, batPieces, readBat } from './formats/ploop/table/bat.ts';
export { entryFault } from './formats/ploop/table/entry.ts';
export type { NewDeltaOptions, NewImage, NewImageOptions } from './write/create-image.ts';
export { createDelta, createImage } from './write/create-image.ts';
export type { ImageTarget } from './write/image-target.ts';
export type { MergeOptions, MergeResult } from './write/merge-delta.ts';
export { mergeDelta } from './write/merge-delta.ts';
