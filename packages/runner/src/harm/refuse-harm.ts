import type { BandPlan } from '@ploop/descriptor/plan';

import { availability, type Release } from '../release/release.ts';
import { isReleaseFault, planRefused } from './plan-reasons.ts';

/**
 * Refuses what the tool would carry out anyway, losing data or crashing. Its release is only found out if that makes a
 * difference; if it is known in part, or not at all, what any of those that it can be would do counts. If the tool is not
 * known at all, faults that do not depend on the disk are not assumed; the result is verified afterwards.
 *
 * @param plans - Of all releases.
 * @throws RefusedError
 */
export async function refuseHarm(
  operation: string,
  plans: readonly BandPlan[],
  releaseOf: () => Release | undefined | Promise<Release | undefined>,
): Promise<void> {
  const harms = plans.flatMap(({ band, harm }) =>
    harm === undefined ? [] : [{ band, refusal: harm }],
  );
  if (harms.length === 0) return;
  const actual = await releaseOf();
  const harm = harms.find(({ band, refusal }) =>
    actual === undefined ? !isReleaseFault(refusal) : availability(actual, [band]) !== 'no',
  );
  if (harm !== undefined) throw planRefused(operation, harm.refusal);
}
