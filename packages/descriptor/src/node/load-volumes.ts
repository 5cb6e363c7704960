import { dirname, join } from 'node:path';

import { limitOf, type ParseOptions } from '../parse.ts';
import {
  volumeChain,
  type VolumeChain,
  type VolumeRequest,
  type VolumeSource,
} from '../volume/volume-chain.ts';
import { readStart, realPath } from './files.ts';
import { DESCRIPTOR_NAME, locateDescriptor, readable } from './load-descriptor.ts';
import { runAsync, runSync, type Steps } from '../steps.ts';

/** A volume with its ancestors, and where it is. */
export type LoadedVolumes = VolumeChain & {
  /** Absolute path of the descriptor of the volume itself, symlinks resolved. */
  readonly path: string;
  readonly directory: string;
};

/**
 * Reads a descriptor and, from directory to directory, those of its parent volumes. What is wrong in them is a finding;
 * a chain that cannot be followed to its end is not `accepted`.
 *
 * @param path - The descriptor, or the directory that holds it; symlinks are followed.
 * @param options - As for parsing; the release is 9 by default, and `maxBytes` bounds all descriptors together.
 * @throws DescriptorError with code `FILE_UNREADABLE` where the volume itself cannot be read.
 */
export function loadVolumes(path: string, options?: ParseOptions): Promise<LoadedVolumes> {
  return runAsync(volumesAt(path, options));
}

/** {@link loadVolumes}, blocking. */
export function loadVolumesSync(path: string, options?: ParseOptions): LoadedVolumes {
  return runSync(volumesAt(path, options));
}

/** {@link loadVolumes} as steps. */
export function* volumesAt(path: string, options: ParseOptions = {}): Steps<LoadedVolumes> {
  const real = yield* locateDescriptor(path);
  const limit = limitOf(options);
  const maxBytes = typeof limit === 'number' ? limit : 0;
  const first = yield* readable(real, sourceAt(real, maxBytes));
  const chain = volumeChain(first, options);
  let turn = chain.next();
  while (turn.done !== true) {
    let found: VolumeSource;
    try {
      found = yield* parentAt(turn.value);
    } catch (error) {
      turn = chain.throw(error);
      continue;
    }
    turn = chain.next(found);
  }
  return { path: real, directory: first.directory, ...turn.value };
}

function* parentAt({ directory, maxBytes }: VolumeRequest): Steps<VolumeSource> {
  const real = yield* realPath(join(directory, DESCRIPTOR_NAME));
  return yield* sourceAt(real, maxBytes);
}

/** One byte more than the limit shows that it is exceeded. */
function* sourceAt(path: string, maxBytes: number): Steps<VolumeSource> {
  const { bytes } = yield* readStart(path, maxBytes + 1);
  return { directory: dirname(path), source: bytes };
}
