import { runAsync } from '@ploop/descriptor/node';
import type { CheckInput, CheckResult } from '@ploop/runner';

import type { Source } from '../source.ts';
import { nodeOf, stateOf } from '../state.ts';
import { refuseMounted } from './refuse-mounted.ts';
import type { MutationOptions } from './target.ts';

/** How a disk is checked. */
export interface CheckDiskOptions
  extends MutationOptions, Pick<CheckInput, 'force' | 'duplicates' | 'readonly' | 'dropInUse'> {
  /** The snapshot whose chain is checked. Default: the top. */
  readonly guid?: string | undefined;
}

/**
 * Lets the tool check the images of a disk that is on no device. Not read-only by default: what was not closed cleanly is
 * repaired. Damage is an error with exit code 11.
 */
export async function checkDisk(
  source: Source,
  { guid, signal, ...options }: CheckDiskOptions = {},
): Promise<CheckResult> {
  const { descriptorPath: descriptor, runner } = source;
  const state = await runAsync(stateOf(descriptor));
  const chain = guid === undefined ? {} : { guid: nodeOf(state, guid).guid };
  await refuseMounted(source, 'check');
  return runner.check({ descriptor, ...chain, ...options }, { signal });
}
