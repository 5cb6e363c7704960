import type { Bytes } from '@ploop/descriptor';

/** A device, or what lies on it: a partition, an encrypted volume. */
export interface Layer {
  /** `/dev/ploop1p1`, `/dev/mapper/CRYPT-ploop1`. */
  readonly node: string;
  /** `major:minor`. */
  readonly number: string;
}

/** A place where the file system of a device is mounted. */
export interface MountPoint {
  readonly path: string;
  /** What is mounted there: `/`, or a directory of the file system for a bind mount. */
  readonly root: string;
  /** Whether something else is mounted over it, so that the path leads there. */
  readonly hidden: boolean;
  /** A process that sees this mount, where it is one of another mount namespace. */
  readonly pid?: number;
}

/** A ploop device of this machine. */
export interface Device {
  /** `/dev/ploop1`, or `/dev/mapper/ploop1` on device-mapper kernels. */
  readonly device: string;
  /** The kernel's own name: `ploop1`, `dm-3`. */
  readonly kernelName: string;
  /** `block`: the driver of releases up to 7. `device-mapper`: that of releases 8 and 9. */
  readonly generation: 'block' | 'device-mapper';
  /** `major:minor`. */
  readonly number: string;
  /** The name given with `mount -c`; empty for an ordinary mount. */
  readonly component: string;
  /** Whether it does I/O. A device that does not is being started or stopped. */
  readonly running: boolean;
  readonly readonly: boolean;
  readonly size: Bytes;
  /** Absolute paths as the kernel sees them, base first; absent where it is reported to root only, on device-mapper kernels. */
  readonly images: readonly string[] | undefined;
  /** What holds the file system: the device itself, its partition, or what is mapped on that. */
  readonly partition: string;
  /** The device and what lies on it, up to `partition`. */
  readonly layers: readonly Layer[];
  /** Where that is mounted, in the order of mounting. */
  readonly mountPoints: readonly MountPoint[];
  /** The first of them that is not hidden and no bind mount, where there is one. */
  readonly mountPoint: string | undefined;
}

/** What one driver reports of a device; the rest is the same for all. */
export type DriverFacts = Pick<
  Device,
  | 'device'
  | 'kernelName'
  | 'generation'
  | 'number'
  | 'component'
  | 'running'
  | 'readonly'
  | 'size'
  | 'images'
>;
