/**
 * The tool's exit codes by name, as its library numbers them in every release. Reserved numbers are left out; 255 is not in
 * the library's table: a -1 of its functions that became an exit code.
 */
export const ExitCode = {
  CREAT: 1,
  DEVICE: 2,
  DEVIOC: 3,
  OPEN: 4,
  MALLOC: 5,
  READ: 6,
  WRITE: 7,
  SYSFS: 9,
  PLOOPFMT: 11,
  SYS: 12,
  PROTOCOL: 13,
  LOOP: 14,
  FSTAT: 15,
  FSYNC: 16,
  EBUSY: 17,
  FLOCK: 18,
  FTRUNCATE: 19,
  FALLOCATE: 20,
  MOUNT: 21,
  UMOUNT: 22,
  LOCK: 23,
  MKFS: 24,
  RESIZE_FS: 26,
  MKDIR: 27,
  RENAME: 28,
  ABORT: 29,
  RELOC: 30,
  CHANGE_GPT: 33,
  UNLINK: 35,
  MKNOD: 36,
  PLOOPINUSE: 37,
  PARAM: 38,
  DISKDESCR: 39,
  DEV_NOT_MOUNTED: 40,
  FSCK: 41,
  NOSNAP: 43,
  NOCBT: 44,
  CRYPT: 45,
  UMOUNT_BUSY: 46,
  UNSPECIFIC: 255,
} as const;

/** The name of an exit code: `PARAM` for 38. */
export type ExitName = keyof typeof ExitCode;

/** What each exit code means. A hint only: 1, 23 and 255 have several meanings, which the error text distinguishes. */
export const exitMeanings: Readonly<Record<ExitName, string>> = {
  CREAT: 'a file could not be created, or an unspecific failure',
  DEVICE: 'a ploop device could not be had or opened',
  DEVIOC: 'an ioctl on the device failed',
  OPEN: 'a file could not be opened',
  MALLOC: 'out of memory',
  READ: 'a read failed or came up short',
  WRITE: 'a write failed',
  SYSFS: 'sysfs could not be read',
  PLOOPFMT: 'the image format is damaged',
  SYS: 'a system error',
  PROTOCOL: 'an unexpected value or state',
  LOOP: 'the copy cannot finish: the file system keeps changing',
  FSTAT: 'stat failed',
  FSYNC: 'fsync failed',
  EBUSY: 'another operation is in progress',
  FLOCK: 'flock failed',
  FTRUNCATE: 'truncating a file failed',
  FALLOCATE: 'allocating space failed',
  MOUNT: 'the image or its file system could not be mounted',
  UMOUNT: 'unmounting failed',
  LOCK: 'the disk is locked, or its descriptor is broken or out of reach',
  MKFS: 'mkfs failed',
  RESIZE_FS: 'resizing the file system failed',
  MKDIR: 'a directory could not be made',
  RENAME: 'a rename failed',
  ABORT: 'the operation was aborted',
  RELOC: 'relocating blocks failed',
  CHANGE_GPT: 'the partition table could not be changed',
  UNLINK: 'a file could not be removed',
  MKNOD: 'a device node could not be made',
  PLOOPINUSE: 'the image is in use or was not closed cleanly',
  PARAM: 'a parameter is wrong or the operation does not apply',
  DISKDESCR: 'the descriptor is missing or inconsistent',
  DEV_NOT_MOUNTED: 'the image is not mounted',
  FSCK: 'fsck failed',
  NOSNAP: 'there is no such snapshot',
  NOCBT: 'there is no changed-block tracking',
  CRYPT: 'encryption failed',
  UMOUNT_BUSY: 'the file system was still busy when the unmount gave up',
  UNSPECIFIC: 'a failure without a number of its own',
};

const names: ReadonlyMap<number, ExitName> = new Map(
  (Object.keys(ExitCode) as ExitName[]).map((name) => [ExitCode[name], name]),
);

/** The name of an exit code, or `undefined` where it has none. */
export function exitNameOf(exitCode: number): ExitName | undefined {
  return names.get(exitCode);
}
