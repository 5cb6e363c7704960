import { randomGuid, runAsync } from '@ploop/descriptor/internal';
import { RefusedError } from '@ploop/runner';

import { topDeltaOf } from '../reads/top-delta.ts';
import { plansFor, refuseUnfinishable } from '../refusals/plan-refused.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { currentState, type Source } from '../state/source.ts';
import { guidOf, nodeOf, stateOf } from '../state/state.ts';
import { secondStep } from './second-step.ts';
import { takeSnapshot, type SnapshotOptions } from './snapshot.ts';
import { switchDiscarding } from './switch-discarding.ts';
import type { SwitchedSnapshot } from './switched-snapshot.ts';

/**
 * Takes a snapshot, so that nothing is lost, and switches then: the only way, as `snapshot-switch -D` corrupts the
 * descriptor in every release.
 */
export async function switchKeeping(
  source: Source,
  text: string,
  { guid: keptText, allowLinked, allowRival, signal }: SnapshotOptions,
): Promise<SwitchedSnapshot> {
  const { descriptorPath, runner } = source;
  const before = await runAsync(currentState(source));
  const { guid } = nodeOf(before, text);
  const wanted = keptText === undefined ? randomGuid() : guidOf(keptText);
  const input = { guid, keepOldTop: { guid: wanted } };
  const plans = plansFor(before, { operation: 'switch', input });
  await refuseUnfinishable(runner, 'switchSnapshot with keepOldTop', plans);
  await refuseMounted(source, 'switchSnapshot');
  const kept = await takeSnapshot(source, { guid: wanted, allowLinked, allowRival, signal });
  return secondStep(`snapshot ${kept.guid} is taken and stays`, async () => {
    // What the switch discards must be the delta that has just been made.
    const between = topDeltaOf(await runAsync(stateOf(descriptorPath)));
    if (between !== kept.topDelta)
      throw new RefusedError('DISK_CHANGED', `another program has put ${between} on top`);
    const topDelta = await switchDiscarding(source, guid, { allowLinked, allowRival, signal });
    return { topDelta, oldTop: kept.guid };
  });
}
