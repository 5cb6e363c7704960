import { guidKey, NIL_GUID, parseGuid, resolveFile, TOP_GUID, type Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { planSnapshot } from '@ploop/descriptor/plan';
import { RefusedError } from '@ploop/runner';

import { generateGuid } from '../generate-guid.ts';
import { refuseHarm } from '../plan-refused.ts';
import { refuseDamaged } from '../refuse-damaged.ts';
import { guidOf, stateOf } from '../state.ts';
import { verify } from '../verify.ts';
import type { MutationOptions, Target } from './target.ts';

/** What a new snapshot can be given. */
export interface SnapshotOptions extends MutationOptions {
  /** Default: a random one. Stored in lower case, which no release confuses. */
  readonly guid?: string | undefined;
  /** Begins changed-block tracking with it, under this GUID: a dirty bitmap (7.0.32 and later). */
  readonly trackingGuid?: string | undefined;
}

/** A new snapshot. */
export interface NewSnapshot {
  /** Of the state that was frozen. */
  readonly guid: Guid;
  /** Absolute path of the new, empty delta that is written to from now on. */
  readonly topDelta: string;
}

/** Freezes the state of a disk; a new top delta takes what is written from now on. */
export async function snapshot(
  { descriptorPath, runner }: Target,
  { guid, trackingGuid: tracking, signal }: SnapshotOptions = {},
): Promise<NewSnapshot> {
  const created = newGuid(guid);
  const trackingGuid = tracking === undefined ? undefined : guidOf(tracking);
  // Shots that hang on the top hang on the new snapshot afterwards, and are safe.
  const before = await runAsync(stateOf(descriptorPath));
  refuseDamaged(before, ['TOP_WITH_CHILDREN']);
  await refuseHarm(runner, before, 'snapshot', (descriptor, options) =>
    planSnapshot(descriptor, { guid: created }, options),
  );
  await runner.snapshot({ descriptor: descriptorPath, guid: created, trackingGuid }, { signal });
  const { graph, directory, top } = await runAsync(stateOf(descriptorPath));
  const isThere = graph.node(created) !== undefined && graph.isActive(created);
  verify(isThere && top.image !== undefined, 'snapshot', `snapshot ${created} below the top`);
  // Where another snapshot was taken meanwhile, its state is what our delta holds.
  const [delta = top] = graph.children(created).filter((node) => graph.isActive(node.guid));
  return { guid: created, topDelta: resolveFile(directory, (delta.image ?? top.image).file) };
}

function newGuid(text: string | undefined): Guid {
  const guid = text === undefined ? generateGuid() : parseGuid(guidKey(guidOf(text)));
  if (guid === undefined || guid === NIL_GUID || guid === TOP_GUID)
    throw new RefusedError('GUID_INVALID', `${text ?? ''} has a meaning of its own`);
  return guid;
}
