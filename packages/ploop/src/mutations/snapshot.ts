import {
  guidKey,
  NIL_GUID,
  parseGuid,
  parseGuidArgument,
  resolveFile,
  TOP_GUID,
  type Guid,
} from '@ploop/descriptor';
import { options } from '@ploop/descriptor/arguments';
import { randomGuid, runAsync } from '@ploop/descriptor/internal';
import { commands, reportedFiles, plansOfCommand, RefusedError } from '@ploop/runner';

import { aGuid, GUARDED } from '../arguments/rules.ts';
import { mainMount } from '../holders/main-mount.ts';
import { refuseHarmful } from '../refusals/plan-refused.ts';
import { refuseDamaged } from '../refusals/refuse-damaged.ts';
import { coveredBy, refusePlannedImages, type GuardOptions } from '../refusals/refuse-images.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { guidOf, stateOf } from '../state/state.ts';
import { unwritten, type PredictedMutation } from './mutation.ts';
import { planCommand } from './plan.ts';

/** What a new snapshot can be given. */
export interface SnapshotOptions extends MutationOptions, GuardOptions {
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
export async function takeSnapshot(
  source: Source,
  { guid, trackingGuid: tracking, allowLinked, allowRival, signal }: SnapshotOptions = {},
): Promise<NewSnapshot> {
  const { descriptorPath, runner } = source;
  const created = newGuid(guid);
  const trackingGuid = tracking === undefined ? undefined : guidOf(tracking);
  // Shots that hang on the top hang on the new snapshot afterwards, and are safe.
  const before = await runAsync(currentState(source));
  refuseDamaged(before, ['TOP_WITH_CHILDREN']);
  const plans = plansOfCommand('snapshot', { guid: created }, before);
  await refuseHarmful(runner, 'snapshot', plans);
  const guard = { operation: 'snapshot', allowLinked, allowRival, signal };
  await refusePlannedImages(source, before, plans, guard, coveredBy(before.top));
  const input = { descriptor: descriptorPath, guid: created, trackingGuid };
  const { stdout } = await runner.complete(commands.snapshot, input, { signal });
  const [made] = reportedFiles({ stdout }).created;
  if (made !== undefined) return { guid: created, topDelta: made };
  const { graph, directory, top } = await runAsync(stateOf(descriptorPath));
  // Others may have taken snapshots above it since, or have removed it.
  const [delta = top] = graph.children(created).filter((node) => graph.isActive(node.guid));
  return { guid: created, topDelta: resolveFile(directory, delta.image?.file ?? '') };
}

function newGuid(text: string | undefined): Guid {
  const guid = text === undefined ? randomGuid() : parseGuid(guidKey(guidOf(text)));
  if (guid === undefined || guid === NIL_GUID || guid === TOP_GUID)
    throw new RefusedError('GUID_INVALID', `${text ?? ''} has a meaning of its own`);
  return guid;
}

/** A new GUID as it is stored; what is not a GUID as it is. */
export function storedGuid(text: string): string {
  const guid = parseGuidArgument(text);
  return guid === undefined ? text : guidKey(guid);
}

/** `disk.snapshot`. */
export const snapshot: PredictedMutation<[options?: SnapshotOptions], NewSnapshot> = {
  rules: { options: options({ ...GUARDED, guid: aGuid, trackingGuid: aGuid }) },
  guard: unwritten,
  run: takeSnapshot,
  model: async (source, state, planOptions, { guid: text } = {}) => {
    const isMounted = (await mainMount(source)) !== undefined;
    const guid = text === undefined ? undefined : storedGuid(text);
    return planCommand('snapshot', { guid, isMounted }, state, planOptions);
  },
};
