export { realPath, readStart, status } from './files.ts';
export {
  DESCRIPTOR_NAME,
  descriptorAt,
  loadDescriptor,
  loadDescriptorSync,
  locateDescriptor,
  readable,
} from './load-descriptor.ts';
export type { LoadedDescriptor } from './load-descriptor.ts';
export { headerAt } from './load-header.ts';
export { perform, runAsync, runSync } from './steps.ts';
export type { Step, Steps } from './steps.ts';
