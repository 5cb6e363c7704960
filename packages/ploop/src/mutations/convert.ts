import type { DiskMode } from '@ploop/descriptor';
import { aNumber, anObject, aString, either, needed, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import type { ImageStep } from '@ploop/image';
import { RefusedError, type ImageFormat } from '@ploop/runner';

import { GUARDED } from '../arguments/rules.ts';
import { imageInfoOf } from '../reads/image-info.ts';
import { refuseMiswritten } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseImages, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseVolume } from '../refusals/refuse-volume.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { stateOf, type DiskState } from '../state/state.ts';
import type { Mutation } from './mutation.ts';

/** What a disk is converted to: another layout, or another format version. */
export type ConvertTarget = { readonly format: ImageFormat } | { readonly version: 1 | 2 };

/** What a conversion can be given. */
export interface ConvertOptions extends MutationOptions, GuardOptions {}

/** A disk that has been converted. */
export interface ConvertedDisk {
  readonly format: DiskMode;
  /** Format version; 0 for a raw disk. */
  readonly version: 0 | 1 | 2;
}

/**
 * Converts a disk that is on no device. The tool does not react to a signal meanwhile. From `raw` there is no way back;
 * version 2 needs a driver that knows large disks.
 */
async function convertDisk(
  source: Source,
  target: ConvertTarget,
  { allowLinked, allowRival, signal }: ConvertOptions = {},
): Promise<ConvertedDisk> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(currentState(source));
  refuseDamaged(before);
  refuseVolume(before, 'convert');
  refuseVersionOfRaw(before, target);
  await refuseMiswritten(runner, before, 'convert');
  await refuseMounted(source, 'convert');
  const guard = { operation: 'convert', allowLinked, allowRival, signal };
  await refuseImages(source, before, stepsOf(before, target), guard);
  const input = { descriptor, ...target };
  await runner.convert(input, { signal });
  const { version } = await runAsync(imageInfoOf(source));
  const { mode } = (await runAsync(stateOf(descriptor))).descriptor;
  return { format: mode, version };
}

/** The tool looks for the header of every image, and finds none in the base. */
function refuseVersionOfRaw({ descriptor: { mode } }: DiskState, target: ConvertTarget): void {
  if ('version' in target && mode === 'raw')
    throw new RefusedError(
      'DISK_IS_RAW',
      'the base of a raw disk has no format version, and the tool converts no image above it',
      'A raw disk needs none: it can be of any size.',
    );
}

/** The layout of the image that is listed first, or the version of all. */
function stepsOf(
  { descriptor: { images } }: DiskState,
  target: ConvertTarget,
): readonly ImageStep[] {
  if ('version' in target) return images.map(({ file }) => ({ step: 'convert', file }) as const);
  const steps = { expanded: undefined, preallocated: 'preallocate', raw: 'make-raw' } as const;
  const step = steps[target.format];
  return images.slice(0, 1).flatMap(({ file }) => (step === undefined ? [] : [{ step, file }]));
}

/** `disk.convert`. */
export const convert: Mutation<[target: ConvertTarget, options?: ConvertOptions], ConvertedDisk> = {
  rules: {
    target: needed(either(anObject({ format: aString }), anObject({ version: aNumber }))),
    options: options(GUARDED),
  },
  guard: refuseOutside,
  run: convertDisk,
};
