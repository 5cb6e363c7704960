import type { Guid } from '@ploop/descriptor';

import type { Device } from '../devices/device.ts';

/**
 * How sure it is that a device is one of this disk. `certain`: the kernel names its base image. `likely` and `possible`:
 * device-mapper kernels tell only root what images a device has; its size is that of this disk, and `likely` is that
 * there is no other one and the top delta is marked in use.
 */
export type Confidence = 'certain' | 'likely' | 'possible';

/** A device of a disk. */
export interface DiskMount extends Device {
  /** The shot that it shows; absent where the kernel does not tell, or the image is none of this disk any more. */
  readonly guid: Guid | undefined;
  readonly confidence: Confidence;
}
