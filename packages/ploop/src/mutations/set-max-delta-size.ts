import { readFile } from 'node:fs/promises';

import { bytes, SECTOR_SIZE, type Bytes, type DiskDescriptor } from '@ploop/descriptor';
import { aNumber, either, needed, oneOf, options } from '@ploop/descriptor/arguments';
import { editDescriptor } from '@ploop/descriptor/edit';
import { runAsync } from '@ploop/descriptor/internal';
import { loadDescriptor, saveDescriptor } from '@ploop/descriptor/node';
import { availability, RefusedError, requireFileLock, type Releases } from '@ploop/runner';

import { SIGNAL } from '../arguments/rules.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { stateOf } from '../state/state.ts';
import { unwritten, type Mutation } from './mutation.ts';

/** How large the top delta of a disk may become. */
export interface MaxDeltaSize {
  /** `undefined`: as large as it needs. */
  readonly maxDeltaSize: Bytes | undefined;
}

/** The releases that keep the limit when they write a descriptor; earlier ones drop it. */
const KEPT: Releases = [{ since: '1.13' }];

/**
 * Sets how large the file of the top delta may become, on a disk that is on no device: by an edit of the descriptor under
 * the tool's lock, as no release has a command for it. The tool hands it to the block driver with the next mount; that the
 * driver counts in bytes is what is known, and was not tried. Up to release 8.0.58, whose lock can be held from outside.
 */
async function limitTopDelta(
  source: Source,
  size: number | 'unlimited',
  { signal }: MutationOptions = {},
): Promise<MaxDeltaSize> {
  const { descriptorPath, runner } = source;
  await limitedDescriptor(source, size);
  return runner.locked(
    descriptorPath,
    async () => {
      const state = await runAsync(stateOf(descriptorPath));
      refuseDamaged(state);
      const next = limited(state.descriptor, size);
      const loaded = await loadDescriptor(descriptorPath);
      const text = editDescriptor(await readFile(descriptorPath), next);
      const { descriptor } = await saveDescriptor(loaded, text);
      const made = descriptor?.maxDeltaSize;
      return { maxDeltaSize: made === undefined ? undefined : bytes(made) };
    },
    { signal },
  );
}

/**
 * The descriptor that {@link limitTopDelta} would write, where nothing speaks against it.
 *
 * @throws RefusedError
 */
async function limitedDescriptor(
  source: Source,
  size: number | 'unlimited',
): Promise<DiskDescriptor> {
  const state = await runAsync(currentState(source));
  refuseDamaged(state);
  const next = limited(state.descriptor, size);
  await refuseMounted(source, 'setMaxDeltaSize');
  const release = await source.runner.release();
  requireFileLock(release);
  if (availability(release, KEPT) === 'no')
    throw new RefusedError('NOT_IN_RELEASE', 'this release knows no limit of the top delta');
  return next;
}

function limited(descriptor: DiskDescriptor, size: number | 'unlimited'): DiskDescriptor {
  if (size === 'unlimited') {
    const { maxDeltaSize, ...rest } = descriptor;
    return maxDeltaSize === undefined ? descriptor : rest;
  }
  if (!Number.isSafeInteger(size) || size <= 0 || size % SECTOR_SIZE !== 0)
    throw new RefusedError(
      'SIZE_INVALID',
      `${String(size)} is not a size of a file that holds sectors`,
      "Give bytes, in multiples of 512, or 'unlimited'.",
    );
  return { ...descriptor, maxDeltaSize: size };
}

/** `disk.setMaxDeltaSize`. */
export const setMaxDeltaSize: Mutation<
  [size: number | 'unlimited', options?: MutationOptions],
  MaxDeltaSize
> = {
  rules: { size: needed(either(aNumber, oneOf(['unlimited']))), options: options(SIGNAL) },
  guard: unwritten,
  run: limitTopDelta,
  written: limitedDescriptor,
};
