import { resolveFile, sameGuid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { RefusedError } from '@ploop/runner';

import { topDeltaOf } from '../reads/top-delta.ts';
import { plansFor, refuseUnfinishable } from '../refusals/plan-refused.ts';
import { refuseMounted } from '../refusals/refuse-mounted.ts';
import { filesOf } from '../run/left-by.ts';
import { verify } from '../run/verify.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, stateOf, type DiskState } from '../state/state.ts';
import { deleteShot } from './delete-snapshot.ts';
import { secondStep } from './second-step.ts';
import { switchDiscarding, type SwitchingOptions } from './switch-discarding.ts';
import type { SwitchedSnapshot } from './switched-snapshot.ts';

const MOST_TRIES = 5;

/** Switches, where the target is not below the top already, and deletes the delta above it then. */
export async function switchReusing(
  source: Source,
  text: string,
  switching: SwitchingOptions,
): Promise<SwitchedSnapshot> {
  const { descriptorPath, runner } = source;
  const before = await runAsync(currentState(source));
  const { guid, image } = nodeOf(before, text);
  const input = { guid, reuseTarget: true } as const;
  const plans = plansFor(before, { operation: 'switch', input });
  await refuseUnfinishable(runner, 'switchSnapshot with reuseTarget', plans);
  await refuseMounted(source, 'switchSnapshot');
  const isParent = sameGuid(before.top.parentGuid, guid);
  const above = isParent ? topDeltaOf(before) : await switchDiscarding(source, guid, switching);
  const wanted = resolveFile(before.directory, image?.file ?? '');
  return secondStep(isParent ? undefined : `the disk is on a new top on ${guid}`, async () => {
    const isOn = (state: DiskState): boolean => {
      const target = state.graph.node(guid)?.image?.file;
      return (
        topDeltaOf(state) === above &&
        sameGuid(state.top.parentGuid, guid) &&
        target !== undefined &&
        resolveFile(state.directory, target) === wanted
      );
    };
    // What is deleted must be the delta that is to go, and the target what comes up then. If others put a delta on top
    // right before that, theirs is what goes, and it is all to do again.
    for (let tries = 0; ; tries += 1) {
      const between = await runAsync(stateOf(descriptorPath));
      if (!isOn(between) || tries === MOST_TRIES)
        throw new RefusedError('DISK_CHANGED', `another program has changed what is on ${guid}`);
      await deleteShot(source, between.top.guid, { ...switching, discardTop: true });
      const after = await runAsync(stateOf(descriptorPath));
      if (isOn(after)) continue;
      // A top that was not there before, or a target that is gone, is the work of others since.
      const isChanged =
        !filesOf(between).includes(topDeltaOf(after)) || !filesOf(after).includes(wanted);
      verify(topDeltaOf(after) === wanted || isChanged, 'snapshot-delete', `${wanted} as the top`);
      return { topDelta: wanted };
    }
  });
}
