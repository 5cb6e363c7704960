import { runAsync } from '@ploop/descriptor/internal';
import { commands, reportedFiles, plansOfCommand, RefusedError } from '@ploop/runner';

import { topDeltaOf } from '../reads/top-delta.ts';
import { refuseHarmful } from '../refusals/plan-refused.ts';
import { refuseDamaged, refuseForeignFile } from '../refusals/refuse-damaged.ts';
import { coveredBy, refusePlannedImages, type GuardOptions } from '../refusals/refuse-images.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, stateOf } from '../state/state.ts';

/** What each way to switch can be given. */
export interface SwitchingOptions extends MutationOptions, GuardOptions {}

/** Continues from a snapshot in a new delta, whose path it gives; the old top is gone. One call of the tool. */
export async function switchDiscarding(
  source: Source,
  guid: string,
  { allowLinked, allowRival, signal }: SwitchingOptions = {},
): Promise<string> {
  const { descriptorPath, runner } = source;
  const before = await runAsync(currentState(source));
  const target = nodeOf(before, guid);
  if (target === before.top)
    throw new RefusedError(
      'SNAPSHOT_IS_TOP',
      `the disk is on ${target.guid} already`,
      "In another spelling than the descriptor's this destroys a disk; give a snapshot below the top.",
    );
  refuseDamaged(before);
  const plans = plansOfCommand('snapshot-switch', { guid: target.guid }, before);
  await refuseHarmful(runner, 'snapshot-switch', plans);
  await runAsync(refuseForeignFile(topDeltaOf(before)));
  const guard = { operation: 'switchSnapshot', allowLinked, allowRival, signal };
  await refusePlannedImages(source, before, plans, guard, coveredBy(target));
  const input = { descriptor: descriptorPath, guid: target.guid };
  const { stdout } = await runner.complete(commands.snapshotSwitch, input, { signal });
  const [made] = reportedFiles({ stdout }).created;
  // Others may have taken snapshots above the new top since, or have removed it.
  return made ?? topDeltaOf(await runAsync(stateOf(descriptorPath)));
}
