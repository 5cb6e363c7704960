import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

/** Where every change of a descriptor may leave something. */
const DESCRIPTOR = 'DiskDescriptor.xml.tmp beside the descriptor';
const NEW_DELTA = 'a new delta that the descriptor does not name';
const IN_USE = 'an image that is marked as in use; the next mount or check repairs it';
const MOUNT_POINT = 'an empty directory named after the image, with .mnt';
const DEVICE = 'a device that is mounted nowhere';

/** What each subcommand may leave where it is ended before it is done. What is not listed leaves nothing. */
const leftovers: Readonly<Record<string, readonly string[]>> = {
  init: ['an image, whole or in part', DESCRIPTOR_NAME, DEVICE],
  mount: [DEVICE, IN_USE],
  umount: [DEVICE],
  snapshot: [DESCRIPTOR, NEW_DELTA],
  tsnapshot: [DESCRIPTOR, NEW_DELTA, DEVICE],
  'snapshot-switch': [DESCRIPTOR, NEW_DELTA],
  'snapshot-delete': [DESCRIPTOR, IN_USE, 'a delta that is merged in part'],
  'snapshot-merge': [DESCRIPTOR, IN_USE, 'a delta that is merged in part'],
  merge: [IN_USE, 'a delta that is merged in part'],
  resize: [IN_USE, MOUNT_POINT, DEVICE, 'a file system and an image of different sizes'],
  grow: [DESCRIPTOR, IN_USE, DEVICE],
  convert: [DESCRIPTOR, IN_USE, 'a copy of the image with .tmp or .idx after its name'],
  check: [IN_USE],
  replace: [DESCRIPTOR],
  'restore-descriptor': ['DiskDescriptor.xml, in part'],
  copy: ['a file that holds a part of the image'],
  info: [MOUNT_POINT, DEVICE],
  fscheck: [DESCRIPTOR, NEW_DELTA, 'a temporary snapshot', DEVICE],
  cbt: ['a file that holds a part of the tracking'],
  encrypt: [DESCRIPTOR, 'a copy of the image', DEVICE],
  balloon: ['a balloon of another size', DEVICE],
  volume: [DESCRIPTOR, NEW_DELTA],
};

/** What an operation that was ended early may have left, for people. */
export function leftBehind(subcommand: string): readonly string[] {
  const [first = ''] = subcommand.split(' ');
  return Object.hasOwn(leftovers, first) ? (leftovers[first] ?? []) : [];
}
