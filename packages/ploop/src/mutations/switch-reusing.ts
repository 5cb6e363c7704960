import { resolveFile, sameGuid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { planSwitch } from '@ploop/descriptor/plan';

import { refuseHopeless } from '../plan-refused.ts';
import { topDeltaOf } from '../reads/top-delta.ts';
import type { Source } from '../source.ts';
import { nodeOf, stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { refuseMounted } from './refuse-mounted.ts';
import { switchDiscarding } from './switch-discarding.ts';
import type { SwitchedSnapshot } from './switched-snapshot.ts';
import type { MutationOptions } from './target.ts';

/** Switches, where the target is not below the top already, and deletes the delta above it then. */
export async function switchReusing(
  source: Source,
  text: string,
  { signal }: MutationOptions,
): Promise<SwitchedSnapshot> {
  const { descriptorPath } = source;
  const before = await runAsync(stateOf(descriptorPath));
  const { guid, image } = nodeOf(before, text);
  refuseHopeless(before, 'switchSnapshot with reuseTarget', (descriptor, options) =>
    planSwitch(descriptor, { guid, reuseTarget: true }, options),
  );
  await refuseMounted(source, 'switchSnapshot');
  const isParent = sameGuid(before.top.parentGuid, guid);
  const above = isParent ? topDeltaOf(before) : await switchDiscarding(source, guid, { signal });
  // What is deleted must be the delta that is to go, and the target what comes up then.
  const between = await runAsync(stateOf(descriptorPath));
  const isSame = topDeltaOf(between) === above && sameGuid(between.top.parentGuid, guid);
  verify(isSame, 'snapshot-switch', `${above} as the top still, on ${guid}`);
  await deleteSnapshot(source, between.top.guid, { discardTop: true, signal });

  const topDelta = topDeltaOf(await runAsync(stateOf(descriptorPath)));
  const wanted = resolveFile(before.directory, image?.file ?? '');
  verify(topDelta === wanted, 'snapshot-delete', `${wanted} as the top`);
  return { topDelta };
}
