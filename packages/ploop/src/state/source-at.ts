import { dirname } from 'node:path';

import type { Steps } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { confinementOf, locateDescriptor } from '@ploop/descriptor/node/internal';
import { createRunner, type Runner } from '@ploop/runner';

import { rootsOf, type Roots } from '../io/roots.ts';
import { createMemory } from './memory.ts';
import { currentState, type Source } from './source.ts';

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
   * What mutations go by where neither the kernel nor the tool reports whether a device has the disk: as where `/sys` is
   * not there and `/proc/partitions` shows a device that could be one, or is not there either. True: that none has it,
   * which the caller must know: a disk that is changed under its device is lost. Default false: they are refused, as
   * `MOUNT_UNKNOWN`. Nothing is in doubt on a machine without ploop devices.
   */
  readonly assumeUnmounted?: boolean | undefined;
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
