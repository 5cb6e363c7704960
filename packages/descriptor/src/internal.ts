export { append } from './append.ts';
export { NODE } from './arguments/node.ts';
export { requireArgument } from './arguments/require.ts';
export { aBigInt, aDocument, aPositive, aText, anAbsolutePath } from './arguments/rules.ts';
export { aStep, someSteps } from './plan/step-rules.ts';
export { createCollector } from './diagnostics/collector.ts';
export type { Content, ContentType } from './diagnostics/content.ts';
export type { Operation } from './diagnostics/operations.ts';
export { hintedTogether } from './diagnostics/together.ts';
export { encryptionOf } from './encryption.ts';
export type { HeaderResult, ImageHeader } from './image-header/header.ts';
export { HEADER_BYTES, parseImageHeader, sizeIn, versionOf } from './image-header/header.ts';
export { knownContent } from './image-header/known-content.ts';
export type { ImageState, StateMark } from './image-header/state-mark.ts';
export { markIn, stateMark } from './image-header/state-mark.ts';
export { limitOf } from './parse.ts';
export { randomGuid } from './plan/new-delta.ts';
export type { ImageStep, ReadDepth } from './plan/image-step.ts';
export { imageWritten, imagesChanged, imagesRead } from './plan/image-step.ts';
export type { ImageSource, ReadAt, ReadAtSync, Reader } from './reading/read-at.ts';
export { fill, memorySource, readFully, readerOf, unreadable } from './reading/read-at.ts';
export { tidyPath } from './resolve-file.ts';
export { isOwn } from './serialize.ts';
export type { Steps } from './steps.ts';
export { done, perform, runAsync, runEagerly, runSync } from './steps.ts';
export {
  everyImage,
  imagesByGuid,
  isWhole,
  partImages,
  rangeFaults,
  storagesOf,
} from './storages.ts';
export { findingsIn, isTooManyOpen, refuseTooManyOpen, tooManyOpen } from './too-many-open.ts';
export { volumeChain } from './volume/volume-chain.ts';
export { READING } from './arguments/reading.ts';
export { HEADERS } from './arguments/headers.ts';
export { chunks, createWebStream, webStreamOf } from './reading/chunks.ts';
export type { ByteRange, ExtentOptions } from './reading/range.ts';
export { rangeWithin } from './reading/range.ts';
