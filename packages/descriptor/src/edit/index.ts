export { editDescriptor } from './edit-descriptor.ts';
