import type { Guid } from '@ploop/descriptor';

import type { Device } from '../devices/device.ts';

/**
 * How sure it is that a device is one of this disk. `certain`: the kernel names its base image. `likely` and `possible`:
 * device-mapper kernels report only to root what images a device has; its size is that of this disk, and `likely` is that
 * there is no other one and the top delta is marked in use.
 */
export type Confidence = 'certain' | 'likely' | 'possible';

/** A device of a disk. */
export interface DiskMount extends Device {
  /** The shot that it shows; absent if the kernel does not report it, or the image is not one of this disk any more. */
  readonly guid: Guid | undefined;
  readonly confidence: Confidence;
}
