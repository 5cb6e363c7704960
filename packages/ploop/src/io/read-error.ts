import { printable } from '@ploop/descriptor';

/** Why a read has no answer, and what to do about it. */
const table = {
  KERNEL_UNREADABLE: 'Run where /sys and /proc of the host can be read, or name them with `roots`.',
  DEVICE_TRANSITIONAL: 'The device is being started or stopped. Try again.',
  MOUNT_UNCERTAIN:
    'Device-mapper kernels report only to root which images a device has: ask the tool with { ask: "tool" }, or see what `mounts` finds.',
  FILE_SYSTEM_NOT_MOUNTED: 'Mount the file system of the device, or unmount the device.',
  FILE_SYSTEM_UNKNOWN: 'Mount the disk and unmount it: the tool then leaves a .statfs behind.',
  DISK_CHANGING: 'Try again when the disk is changed less often.',
} as const satisfies Record<string, string>;

/** Why a read has no answer: a closed set. */
export type ReadErrorCode = keyof typeof table;

/** A read has no answer, although the descriptor and the images are sound. Distinguish them by `code`. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly code: ReadErrorCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: ReadErrorCode, message: string, options?: ErrorOptions) {
    super(message.split('\\').map(printable).join('\\'), options);
    this.code = code;
    this.hint = table[code];
  }
}
