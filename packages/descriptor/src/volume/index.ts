export { followVolumes, followVolumesSync } from './follow-volumes.ts';
export { MAX_VOLUMES } from './volume-chain.ts';
export type { ParentVolume, VolumeChain, VolumeRequest, VolumeSource } from './volume-chain.ts';
