export type { ConfineOptions, Confinement } from './confine.ts';
export type { FindOptions } from './find-disks.ts';
export { findDisks } from './find-disks.ts';
export type { FileIdentity } from './identity.ts';
export { sameIdentity } from './identity.ts';
export type { DescriptorFile, LoadedDescriptor } from './load-descriptor.ts';
export { DESCRIPTOR_NAME, loadDescriptor, loadDescriptorSync } from './load-descriptor.ts';
export type { SaveOptions } from './save-descriptor.ts';
export { saveDescriptor, saveDescriptorSync } from './save-descriptor.ts';
