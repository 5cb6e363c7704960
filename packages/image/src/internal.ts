export { IMAGE } from './arguments.ts';
export { baseFindings, refuseTooLong } from './chain/chain-layer.ts';
export { guardedChain } from './chain/guarded-chain.ts';
export { updateZeros } from './chain/hash-chain.ts';
export { laidOut } from './chain/laid-out.ts';
export type { LostRanges } from './chain/lost-ranges.ts';
export { openParts } from './chain/open-parts.ts';
export type { SourcePart } from './chain/parts.ts';
export { diskReader } from './chain/read-chain.ts';
export type { Salvage } from './chain/salvage.ts';
export { salvageChain } from './chain/salvage.ts';
export type { Below } from './chain/survey-units.ts';
export { surveyUnits } from './chain/survey-units.ts';
export type { ByteRun } from './chain/tolerant-source.ts';
export {
  compareImages,
  comparePlace,
  compareRange,
  compareSize,
  truncated,
} from './check/check-chain.ts';
export { damagedSize } from './check/damaged-size.ts';
export type { Place } from './check/with-place.ts';
export { withPlace } from './check/with-place.ts';
export { describedAt, startOf } from './formats/describe.ts';
export type { ImageWriter, WrittenDisk } from './formats/image-writer.ts';
export type { OpenFile } from './formats/image-format.ts';
export { geometryOf } from './formats/ploop/geometry.ts';
export { BAT_START, leastFirstBlock } from './formats/ploop/layout.ts';
export { nextAllocated } from './formats/ploop/table/bat.ts';
export { QCOW2_WRITER } from './formats/qcow2/write/qcow2-writer.ts';
export { VHDX_WRITER } from './formats/vhdx/vhdx-writer.ts';
export { VMDK_WRITER } from './formats/vmdk/vmdk-writer.ts';
export { compressQcow2 } from './write/compress-qcow2.ts';
export { streamVmdk } from './write/stream-vmdk.ts';
export { writeZeros } from './write/copy-bytes.ts';
