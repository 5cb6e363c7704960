import { aFlag, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import type { CheckInput, CheckResult } from '@ploop/runner';

import { aGuid, GUARDED } from '../arguments/rules.ts';
import { refuseImages, writtenIn, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf } from '../state/state.ts';
import type { Mutation } from './mutation.ts';

/** How a disk is checked. */
export interface CheckDiskOptions
  extends
    MutationOptions,
    GuardOptions,
    Pick<CheckInput, 'force' | 'duplicates' | 'readonly' | 'dropInUse'> {
  /** The snapshot whose chain is checked. Default: the top. */
  readonly guid?: string | undefined;
}

/**
 * Lets the tool check the images of a disk that is on no device. Not read-only by default: what was not closed cleanly is
 * repaired, for which `allowLinked` and `allowRival` count. Damage is an error with exit code 11.
 */
async function checkDisk(
  source: Source,
  { guid, allowLinked, allowRival, signal, ...options }: CheckDiskOptions = {},
): Promise<CheckResult> {
  const { descriptorPath: descriptor, runner } = source;
  const state = await runAsync(currentState(source));
  const node = guid === undefined ? undefined : nodeOf(state, guid);
  const chain = node === undefined ? {} : { guid: node.guid };
  await refuseMounted(source, 'check');
  if (options.readonly !== true) {
    // The tool opens the lower images of the chain for reading only.
    const guard = { operation: 'check', allowLinked, allowRival, signal };
    await refuseImages(source, state, writtenIn(node ?? state.top), guard);
  }
  return runner.check({ descriptor, ...chain, ...options }, { signal });
}

/** `disk.check`. */
export const check: Mutation<[options?: CheckDiskOptions], CheckResult> = {
  rules: {
    options: options({
      ...GUARDED,
      guid: aGuid,
      force: aFlag,
      duplicates: aFlag,
      readonly: aFlag,
      dropInUse: aFlag,
    }),
  },
  guard: refuseOutside,
  run: checkDisk,
};
