import { bytes, type Bytes } from '@ploop/descriptor';
import { aNumber, needed, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import { RefusedError } from '@ploop/runner';

import { GUARDED } from '../arguments/rules.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import { refuseMiswritten } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { grownBy, refuseImages, type GuardOptions } from '../refusals/refuse-images.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { unwritten, type Mutation } from './mutation.ts';

/** What growing a disk can be given. */
export interface GrowOptions extends MutationOptions, GuardOptions {}

/** A disk that has become larger. */
export interface GrownDisk {
  /** Virtual size, of the device where one runs. */
  readonly size: Bytes;
}

/**
 * Makes the virtual disk larger, and neither its partition nor its file system, which `resize` does as well. Mounted or not;
 * releases 8 and 9 put a disk that is not mounted on a device for the while.
 *
 * The size is a whole number of clusters. With releases 1.x and 7, a raw disk that is not mounted can end within a cluster;
 * `snapshot` refuses such a disk, and `grow` to a whole number of clusters makes it sound again.
 */
async function growDisk(
  source: Source,
  size: number,
  { allowLinked, allowRival, signal }: GrowOptions = {},
): Promise<GrownDisk> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(currentState(source));
  refuseDamaged(before);
  await refuseMiswritten(runner, before, 'grow');
  const { size: current } = await runAsync(imageInfoOf(source));
  if (size < current)
    throw new RefusedError(
      'SIZE_INVALID',
      `the disk has ${String(current)} bytes already`,
      'A disk cannot be made smaller; resize makes its file system smaller.',
    );
  const guard = { operation: 'grow', allowLinked, allowRival, signal };
  await refuseImages(source, before, grownBy(before, bytes(size)), guard);
  const input = { descriptor, size: bytes(size) };
  await runner.grow(input, { signal });
  return grownTo(source, bytes(size));
}

/** The size of a disk that has become as large as this. Others may have switched to a smaller snapshot since. */
export async function grownTo(source: Source, size: Bytes): Promise<GrownDisk> {
  const { size: made } = await runAsync(imageInfoOf(source));
  return { size: made >= size ? made : size };
}

/** `disk.grow`. */
export const grow: Mutation<[size: number, options?: GrowOptions], GrownDisk> = {
  rules: { size: needed(aNumber), options: options(GUARDED) },
  guard: unwritten,
  run: growDisk,
};
