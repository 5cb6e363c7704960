/** A delta as it was put on a device. */
interface MountedDelta {
  readonly image: string;
  readonly readonly: boolean;
}

/** What a mount made. */
export interface Mounted {
  /** The device node: `/dev/ploop0`, with releases 8 and 9 `/dev/mapper/ploop0`. */
  readonly device: string;
  /** Base first. */
  readonly deltas: readonly MountedDelta[];
  /** The device that carries the file system, where that was mounted too: the partition, or the whole. */
  readonly partition: string | undefined;
}

// 1.15:   "Adding delta dev=/dev/ploop0 img=/p/root.hdd (ro)"
// 9.0.30: "Adding delta dev=/dev/mapper/ploop49271 img=/p/root.hdd (rw)"
const DELTA = /^(?:\[ *\d+\.\d+\] )?Adding delta dev=(\S+) img=(.*) \((ro|rw)\)$/;
// 1.15:          "Mounting /dev/ploop0p1 at /mnt fstype=ext4 data='balloon_ino=12,' "
// 7.0.21, 8, 9:  "Mounted /dev/mapper/ploop49271p1 at /mnt fstype=ext4 data='balloon_ino=12' "
const FILE_SYSTEM = /^(?:\[ *\d+\.\d+\] )?Mount(?:ing|ed) (\S+) at (.*) fstype=\S+ data='/;

/**
 * Reads the lines of a mount: those of the last device, as a temporary snapshot that is merged away before may have had
 * one too. `undefined` where they do not say what was mounted.
 */
export function parseMounted(stdout: string, mountPoint: string | undefined): Mounted | undefined {
  const lines = stdout.split('\n');
  const added = lines.flatMap((line) => {
    const [, device, image, mode] = DELTA.exec(line) ?? [];
    if (device === undefined || image === undefined) return [];
    return [{ device, image, readonly: mode === 'ro' }];
  });
  const device = added.at(-1)?.device;
  if (device === undefined) return undefined;
  const partition = lines
    .map((line) => FILE_SYSTEM.exec(line))
    .find((match) => match?.[2] === mountPoint)?.[1];
  if (mountPoint !== undefined && partition === undefined) return undefined;
  const deltas = added
    .filter((delta) => delta.device === device)
    .map(({ image, readonly }) => ({ image, readonly }));
  return { device, deltas, partition };
}
