import { runAsync, runSync, type Steps } from '@ploop/descriptor/internal';

import { requireArguments } from '../arguments/require.ts';
import { sourceAt, type OpenDiskOptions } from '../state/source-at.ts';
import type { Disk } from './disk.ts';
import { makeDisk } from './make-disk.ts';

/**
 * A disk that exists. Starts no process and needs no tool until something is to be changed.
 *
 * @param path - DiskDescriptor.xml or the directory that holds it; symlinks are followed.
 * @throws DescriptorError if it does not exist, or is one that the tool would refuse; `FILE_UNREADABLE` if `confine` is not a
 * directory.
 * @throws RefusedError `OPTION_INVALID` for an argument or an option of the wrong type.
 */
export function openDisk(path: string, options?: OpenDiskOptions): Promise<Disk> {
  return runAsync(opening(path, options));
}

/** {@link openDisk}, blocking. */
export function openDiskSync(path: string, options?: OpenDiskOptions): Disk {
  return runSync(opening(path, options));
}

function* opening(path: string, options?: OpenDiskOptions): Steps<Disk> {
  requireArguments('openDisk', [path, options]);
  return makeDisk(yield* sourceAt(path, options));
}
