import type { Diagnostic, Release } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { ConfineOptions, DescriptorFile, LoadedDescriptor } from '@ploop/descriptor/node';

import type { AloneDisk } from './alone.ts';
import { descriptorOrImageAt } from './load-image.ts';
import { volumesAt, type LoadedVolume } from './load-volumes.ts';

/**
 * A disk with the parent volumes that its chain goes on in, where there are any: the descriptor and the graph are those
 * of the whole then.
 */
export type LoadedDisk = LoadedDescriptor & {
  /** The parent volumes that could be read, the nearest first; absent where the descriptor names none. */
  readonly parents?: readonly LoadedVolume[];
  /** Present if it is a qcow2 image or a bare disk without a descriptor. */
  readonly alone?: AloneDisk;
};

/**
 * Reads the descriptor of a disk and, where it is a volume, follows it, as steps. The release is 1.15 by default, and 9
 * for a volume: no earlier one knows any. An image without a descriptor is a disk of one image.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export function* diskAt(
  path: string,
  release?: Release,
  { confine }: ConfineOptions = {},
): Steps<LoadedDisk> {
  const options = release === undefined ? {} : { release };
  const loaded = yield* descriptorOrImageAt(path, options, { confine });
  return loaded.descriptor?.volume === undefined
    ? loaded
    : yield* volumesAt(path, { ...options, confine });
}

/** What is wrong with the descriptor of a disk and with those of its parent volumes. */
export function diskFindings({ diagnostics, parents = [] }: LoadedDisk): readonly Diagnostic[] {
  return [...diagnostics, ...parents.flatMap((volume) => ofVolume(volume, volume.diagnostics))];
}

/** Findings about a parent volume, which say so; `volume` is absent for those about the disk itself. */
export function ofVolume(
  volume: DescriptorFile | undefined,
  findings: readonly Diagnostic[],
): readonly Diagnostic[] {
  return volume === undefined
    ? findings
    : findings.map((finding) => ({ ...finding, disk: volume.path }));
}
