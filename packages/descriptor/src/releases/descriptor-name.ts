/** The name that every release gives to a descriptor. */
export const DESCRIPTOR_NAME = 'DiskDescriptor.xml';
