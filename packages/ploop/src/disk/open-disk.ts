import { dirname } from 'node:path';

import { runAsync, runSync, type Steps } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf, locateDescriptor } from '@ploop/descriptor/node/internal';
import { createRunner, type Runner } from '@ploop/runner';

import { requireArguments } from '../arguments/require.ts';
import { rootsOf, type Roots } from '../io/roots.ts';
import { createMemory } from '../state/memory.ts';
import { currentState, type Source } from '../state/source.ts';
import type { Disk } from './disk.ts';
import { makeDisk } from './make-disk.ts';

/** What a disk can be opened with. */
export interface OpenDiskOptions extends ConfineOptions {
  /** What runs the tool for mutations. Default: the tool on this machine. */
  readonly runner?: Runner | undefined;
  /** Where the kernel's files are. Default: `/sys`, `/proc`, `/dev` and `/run`. */
  readonly roots?: Partial<Roots> | undefined;
  /**
   * Whether what was read of a file is kept as long as that stays the same: by device, inode, times in nanoseconds and
   * size. At most one descriptor of 16 MiB, one image header and one `.statfs` a disk. Default true.
   */
  readonly cache?: boolean | undefined;
  /**
   * What mutations go by where neither the kernel nor the tool tells whether a device has the disk: as where `/sys` is
   * not there and `/proc/partitions` shows a device that could be one, or is not there either. True: that none has it,
   * which the caller must know: a disk that is changed under its device is lost. Default false: they are refused, as
   * `MOUNT_UNKNOWN`. Nothing is in doubt on a machine without ploop devices.
   */
  readonly assumeUnmounted?: boolean | undefined;
}

/**
 * A disk that exists. Starts no process and needs no tool until something is to be changed.
 *
 * @param path - DiskDescriptor.xml or the directory that holds it; symlinks are followed.
 * @throws DescriptorError where there is none, or one that the tool would refuse; `FILE_UNREADABLE` if `confine` is not a
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

/** Where the reads of the disk at a path get their answers from. */
export function* sourceAt(path: string, options: OpenDiskOptions = {}): Steps<Source> {
  const descriptorPath = yield* locateDescriptor(path);
  const { confine } = options;
  const roots = rootsOf(options.roots);
  const source: Source = {
    descriptorPath,
    roots,
    runner: options.runner ?? createRunner(),
    memory: createMemory(options.cache ?? true, roots),
    confine,
    confinement: yield* confinementOf(dirname(descriptorPath), { confine }),
    assumeUnmounted: options.assumeUnmounted ?? false,
  };
  yield* currentState(source);
  return source;
}
