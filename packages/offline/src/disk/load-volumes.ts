import { dirname, join } from 'node:path';

import {
  type ParseOptions,
  type ParseResult,
  diagnostic,
  DescriptorError,
} from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { limitOf, runAsync, runSync, type Steps, volumeChain } from '@ploop/descriptor/internal';
import {
  type Confinement,
  type ConfineOptions,
  DESCRIPTOR_NAME,
  type DescriptorFile,
} from '@ploop/descriptor/node';
import {
  confinementOf,
  openWithin,
  readStart,
  realPath,
  startOfOpen,
  type FileStart,
  identityOf,
  locateDescriptor,
  readable,
} from '@ploop/descriptor/node/internal';
import type { ParentVolume, VolumeRequest, VolumeSource } from '@ploop/descriptor/volume';

import { OFFLINE } from '../arguments.ts';

/** A parent volume, and where it is. */
export type LoadedVolume = ParentVolume & DescriptorFile;

/** A volume with its ancestors, and where it is; otherwise as {@link followVolumes} gives it. */
export type LoadedVolumes = ParseResult &
  DescriptorFile & {
    /** The ancestors that could be read, the nearest first. */
    readonly parents: readonly LoadedVolume[];
  };

/** How to load a volume. */
export interface LoadVolumesOptions extends ParseOptions, ConfineOptions {}

/**
 * Reads a descriptor and, from directory to directory, those of its parent volumes. What is wrong in them is a finding;
 * a chain that cannot be followed to its end is not `accepted`. By default a parent volume must be inside the directory of
 * the volume: pass the directory that holds all of them as `confine`. One outside is not opened (`VOLUME_OUTSIDE`).
 *
 * @param path - The descriptor, or the directory that holds it; symlinks are followed.
 * @param options - As for parsing; the release is 9 by default, and `maxBytes` bounds all descriptors together.
 * @throws DescriptorError with code `FILE_UNREADABLE` where the volume itself cannot be read.
 */
export function loadVolumes(path: string, options?: LoadVolumesOptions): Promise<LoadedVolumes> {
  return runAsync(volumesAt(path, options));
}

/** {@link loadVolumes}, blocking. */
export function loadVolumesSync(path: string, options?: LoadVolumesOptions): LoadedVolumes {
  return runSync(volumesAt(path, options));
}

/** {@link loadVolumes} as steps. */
export function* volumesAt(path: string, options: LoadVolumesOptions = {}): Steps<LoadedVolumes> {
  requireCall(OFFLINE.loadVolumes, [path, options]);
  const real = yield* locateDescriptor(path);
  const limit = limitOf(options);
  const maxBytes = typeof limit === 'number' ? limit : 0;
  // One byte more than the limit shows that it is exceeded.
  const first = sourceOf(real, yield* readable(real, readStart(real, maxBytes + 1)));
  const confinement = yield* confinementOf(first.directory, options);
  const chain = volumeChain(first, options);
  const files = new Map<string, DescriptorFile>();
  let turn = chain.next();
  while (turn.done !== true) {
    let found: FoundVolume;
    try {
      found = yield* parentAt(turn.value, confinement);
    } catch (error) {
      turn = chain.throw(error);
      continue;
    }
    const { directory, identity } = found;
    if (!files.has(directory)) files.set(directory, { path: found.path, directory, identity });
    turn = chain.next(found);
  }
  const { parents, ...joined } = turn.value;
  return {
    ...joined,
    ...{ path: real, directory: first.directory, identity: first.identity },
    parents: parents.flatMap((parent) => {
      const file = files.get(parent.directory);
      return file === undefined ? [] : [{ ...parent, ...file }];
    }),
  };
}

type FoundVolume = VolumeSource & DescriptorFile;

function* parentAt(
  { directory, maxBytes }: VolumeRequest,
  confinement: Confinement,
): Steps<FoundVolume> {
  const path = join(directory, DESCRIPTOR_NAME);
  const opened = yield* openWithin(path, confinement);
  if (opened === undefined) {
    const { within = directory } = confinement;
    throw new DescriptorError([diagnostic('VOLUME_OUTSIDE', { directory, within })]);
  }
  const start = yield* startOfOpen(opened, maxBytes + 1);
  return sourceOf(yield* realPath(path), start);
}

function sourceOf(path: string, { bytes, stats }: FileStart): FoundVolume {
  return { path, directory: dirname(path), source: bytes, identity: identityOf(stats) };
}
