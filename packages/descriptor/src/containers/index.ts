export { compareSnapshots } from './compare.ts';
export type { SnapshotComparison } from './compare.ts';
export { parseContainerConfig } from './container-config.ts';
export type { ContainerConfig } from './container-config.ts';
export { parseMachineConfig } from './machine-config.ts';
export type { MachineConfig } from './machine-config.ts';
export { parseSnapshotList } from './snapshot-list.ts';
export type { SavedSnapshot, SnapshotList } from './snapshot-list.ts';
