import { runAsync } from '@ploop/descriptor/internal';
import type { CheckInput, CheckResult } from '@ploop/runner';

import { refuseImages, writtenIn, type GuardOptions } from '../refusals/refuse-images.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import type { MutationOptions } from '../run/run-target.ts';
import type { Source } from '../state/source.ts';
import { nodeOf, stateOf } from '../state/state.ts';

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
export async function checkDisk(
  source: Source,
  { guid, allowLinked, allowRival, signal, ...options }: CheckDiskOptions = {},
): Promise<CheckResult> {
  const { descriptorPath: descriptor, runner } = source;
  const state = await runAsync(stateOf(descriptor));
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
