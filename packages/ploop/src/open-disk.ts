import { locateDescriptor, runAsync, runSync, type Steps } from '@ploop/descriptor/node';
import { createRunner, type Runner } from '@ploop/runner';

import { makeDisk, type Disk } from './disk.ts';
import { stateOf } from './state.ts';

/** What a disk can be opened with. */
export interface OpenDiskOptions {
  /** What runs the tool for mutations. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
}

/**
 * A disk that exists. Starts no process and needs no tool until something is to be changed.
 *
 * @param path - DiskDescriptor.xml or the directory that holds it; symlinks are followed.
 * @throws DescriptorError where there is none, or one that the tool would refuse.
 */
export function openDisk(path: string, options?: OpenDiskOptions): Promise<Disk> {
  return runAsync(opening(path, options));
}

/** {@link openDisk}, blocking. */
export function openDiskSync(path: string, options?: OpenDiskOptions): Disk {
  return runSync(opening(path, options));
}

function* opening(path: string, options: OpenDiskOptions = {}): Steps<Disk> {
  const descriptorPath = yield* locateDescriptor(path);
  yield* stateOf(descriptorPath);
  return makeDisk(descriptorPath, options.runner ?? createRunner());
}
