import { sameGuid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { planSwitch } from '@ploop/descriptor/plan';
import { RefusedError } from '@ploop/runner';

import { refuseHarm } from '../plan-refused.ts';
import { refuseDamaged, refuseForeignFile } from '../refuse-damaged.ts';
import { topDeltaOf } from '../reads/top-delta.ts';
import { nodeOf, stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import type { MutationOptions, Target } from './target.ts';

/** Continues from a snapshot in a new delta, whose path it gives; the old top is gone. One call of the tool. */
export async function switchDiscarding(
  { descriptorPath, runner }: Target,
  guid: string,
  { signal }: MutationOptions = {},
): Promise<string> {
  const before = await runAsync(stateOf(descriptorPath));
  const target = nodeOf(before, guid);
  if (target === before.top)
    throw new RefusedError(
      'SNAPSHOT_IS_TOP',
      `the disk is on ${target.guid} already`,
      "In another spelling than the descriptor's this destroys a disk; give a snapshot below the top.",
    );
  refuseDamaged(before);
  await refuseHarm(runner, before, 'snapshot-switch', (descriptor, options) =>
    planSwitch(descriptor, { guid: target.guid }, options),
  );
  await runAsync(refuseForeignFile(topDeltaOf(before)));
  await runner.snapshotSwitch({ descriptor: descriptorPath, guid: target.guid }, { signal });
  const after = await runAsync(stateOf(descriptorPath));
  verify(
    sameGuid(after.top.parentGuid, target.guid) && topDeltaOf(after) !== topDeltaOf(before),
    'snapshot-switch',
    `a new top on ${target.guid}`,
  );
  return topDeltaOf(after);
}
