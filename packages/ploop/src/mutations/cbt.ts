import { resolve } from 'node:path';

import { aPath, needed, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';

import { GUARDED, SIGNAL } from '../arguments/rules.ts';
import { placeOf } from '../holders/main-mount.ts';
import { dirtyBitmapsOf } from '../reads/dirty-bitmaps.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { refuseImages, writtenIn, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { refuseOwnName } from '../refusals/refuse-own-name.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { verify } from '../run/verify.ts';
import { currentState, type Source } from '../state/source.ts';
import { unwritten, type Mutation } from './mutation.ts';

/** What ending changed-block tracking can be given. */
export interface DropCbtOptions extends MutationOptions, GuardOptions {}

/** Where changed-block tracking is copied to. */
export interface DumpCbtOptions extends MutationOptions {
  /** A new file, under a name that the disk does not use. */
  readonly file: string;
}

/** A copy of changed-block tracking. */
export interface DumpedCbt {
  /** Absolute path; what `runner.cbtShow({ image })` and `runner.cbtCmp` take. */
  readonly file: string;
}

/**
 * Ends the changed-block tracking of a disk: the next backup must be a full one. Releases 7.0.32 and later; known from
 * their documentation, and not tried on a driver here.
 */
async function dropBitmaps(
  source: Source,
  { allowLinked, allowRival, signal }: DropCbtOptions = {},
): Promise<void> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await runAsync(currentState(source));
  refuseDamaged(before);
  const guard = { operation: 'dropCbt', allowLinked, allowRival, signal };
  await refuseImages(source, before, writtenIn(before.top), guard);
  await runner.cbtDrop({ descriptor }, { signal });
  // While the disk is mounted the driver has the bits, and what is in the image does not count.
  const isMounted = await placeOf(source, undefined, () => Promise.resolve(undefined));
  if (isMounted !== undefined) return;
  const left = (await dirtyBitmapsOf(source)).filter(({ state }) => state === 'valid');
  verify(left.length === 0, 'cbt drop', 'a top delta without dirty bitmaps');
}

/** Copies the changed-block tracking of a disk into a file, for a backup program to read. Releases 7.0.32 and later. */
async function dumpBitmaps(source: Source, { file, signal }: DumpCbtOptions): Promise<DumpedCbt> {
  const { descriptorPath: descriptor, runner } = source;
  const target = resolve(file);
  const state = await runAsync(currentState(source));
  await refuseOwnName('dumpCbt', target, { ...state, descriptorPath: descriptor });
  await runner.cbtDump({ descriptor, target }, { signal });
  return { file: target };
}

/** `disk.dropCbt`. */
export const dropCbt: Mutation<[options?: DropCbtOptions], void> = {
  rules: { options: options(GUARDED) },
  guard: unwritten,
  run: dropBitmaps,
};

/** `disk.dumpCbt`. */
export const dumpCbt: Mutation<[options: DumpCbtOptions], DumpedCbt> = {
  rules: { options: needed(options({ ...SIGNAL, file: needed(aPath) })) },
  guard: refuseOutside,
  run: dumpBitmaps,
};
