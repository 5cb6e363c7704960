export { entriesIn, namesIn } from './beside/entries.ts';
export type { DescribedImage, DescriptorLook, FileLook } from './beside/look.ts';
export { lookAt, lookAtEntry, lookForDescriptor } from './beside/look.ts';
export { filesNear } from './beside/near.ts';
export type { Disk } from './beside/orphan.ts';
export { orphan } from './beside/orphan.ts';
export { timeText } from './beside/time.ts';
export { usableDescriptor } from './beside/usable.ts';
export type { NamedFile } from './confine.ts';
export { confinementOf, deltaOutside, leadsOutside, openNamed, openWithin } from './confine.ts';
export { deviceNumber } from './device-number.ts';
export { failureOf, isGone, reasonOf } from './failure.ts';
export type { FileStart, OpenFile } from './files.ts';
export {
  closeFile,
  linkStatus,
  openRegular,
  openStatus,
  readStart,
  realPath,
  startOfOpen,
  status,
} from './files.ts';
export { identityOf } from './identity.ts';
export { inodeKey } from './inode-key.ts';
export {
  descriptorAt,
  directoryGiven,
  locateDescriptor,
  withDirectory,
} from './load-descriptor.ts';
export { isLoneImage, loneImageOf } from './lone-image.ts';
export type { EntryName } from './path-name.ts';
export { checkedPath, entryName } from './path-name.ts';
export { notSynced, placeNew, syncPlace } from './place-file.ts';
export { isWithin, placeOf } from './place.ts';
export { readable } from './readable.ts';
export { SAVE_PREFIX } from './replace-file.ts';
export { syncDirectory } from './sync-directory.ts';
export { unchanged } from './unchanged.ts';
