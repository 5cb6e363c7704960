import { resolve } from 'node:path';

import { NIL_GUID, parseGuidArgument } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import {
  planDelete,
  planMerge,
  planReplace,
  planSnapshot,
  planSwitch,
  type Plan,
  type PlanOptions,
  type PlanRefusal,
  type PlanReplaceInput,
} from '@ploop/descriptor/plan';

import type { DeleteSnapshotOptions } from './mutations/delete-snapshot.ts';
import type { ImageTarget, ReplaceOptions } from './mutations/replace.ts';
import type { SnapshotOptions } from './mutations/snapshot.ts';
import type { SwitchSnapshotOptions } from './mutations/switch-snapshot.ts';
import { imagesOf } from './reads/images.ts';
import { currentState, type Source } from './source.ts';
import type { DiskState } from './state.ts';

/** For which release of the tool a plan is made. */
export type DiskPlanOptions = Pick<PlanOptions, 'release'>;

/** Why a mutation would be refused: by the tool, to keep from losing data, or for want of an option. */
export type DiskPlanRefusal =
  | PlanRefusal
  | {
      readonly code: 'TOP_NOT_DISCARDED';
      readonly hint: string;
      readonly exitCodes: Readonly<Record<string, never>>;
    };

/** What a mutation would do. `outcome` is `refused` where `refusals` says why; nothing is run for it. */
export interface DiskPlan extends Omit<Plan, 'refusals'> {
  readonly refusals: readonly DiskPlanRefusal[];
}

/**
 * What mutations would do to the disk as it is, by its descriptor alone: nothing is run and nothing changed. They take
 * what the mutations take.
 */
export interface DiskPlans {
  readonly snapshot: (options?: SnapshotOptions & DiskPlanOptions) => Promise<DiskPlan>;
  readonly switchSnapshot: (
    guid: string,
    options?: SwitchSnapshotOptions & DiskPlanOptions,
  ) => Promise<DiskPlan>;
  readonly deleteSnapshot: (
    guid: string,
    options?: DeleteSnapshotOptions & DiskPlanOptions,
  ) => Promise<DiskPlan>;
  readonly mergeSnapshot: (guid?: string, options?: DiskPlanOptions) => Promise<DiskPlan>;
  readonly replace: (options: ReplaceOptions & DiskPlanOptions) => Promise<DiskPlan>;
}

/** The plans for the disk that a source is of. */
export function plansOf(source: Source): DiskPlans {
  const plan = async <Result>(
    release: PlanOptions['release'],
    make: (state: DiskState, options: PlanOptions) => Result,
  ): Promise<Result> => {
    const state = await runAsync(currentState(source));
    return make(state, { release, directory: state.directory });
  };
  return {
    snapshot: ({ guid, release } = {}) =>
      plan(release, ({ descriptor }, options) => planSnapshot(descriptor, { guid }, options)),
    switchSnapshot: (guid, { keepOldTop, reuseTarget, release } = {}) =>
      plan(release, (state, options) => {
        const target = { guid: spelled(state, guid) };
        if (reuseTarget === true)
          return planSwitch(state.descriptor, { ...target, reuseTarget }, options);
        if (keepOldTop === undefined || keepOldTop === false)
          return planSwitch(state.descriptor, target, options);
        const kept = keepOldTop === true ? {} : { guid: keepOldTop.guid };
        return planSwitch(state.descriptor, { ...target, keepOldTop: kept }, options);
      }),
    deleteSnapshot: (guid, { discardTop = false, release } = {}) =>
      plan(release, (state, options) => {
        const target = spelled(state, guid);
        const made = planDelete(state.descriptor, { guid: target }, options);
        return target === state.top.guid && !discardTop ? topKept(state, made) : made;
      }),
    mergeSnapshot: (guid, { release } = {}) =>
      plan(release, (state, options) => {
        const target = guid === undefined ? undefined : spelled(state, guid);
        const isTop = target === undefined || target === state.top.guid;
        return planMerge(state.descriptor, isTop ? {} : { guid: target }, options);
      }),
    replace: ({ target, file, keepName, release }) =>
      plan(release, (state, options) => {
        const input = { target: named(state, target), newFile: resolve(file), keepName };
        return planReplace(state.descriptor, input, options);
      }),
  };
}

/** As the descriptor spells it, which is what the mutations give to the tool. */
function spelled({ graph }: DiskState, text: string): string {
  const guid = parseGuidArgument(text);
  return (guid === undefined ? undefined : graph.node(guid)?.guid) ?? text;
}

/** By its GUID, where it is named by its level. */
function named(state: DiskState, target: ImageTarget): PlanReplaceInput['target'] {
  if (!('level' in target)) return target;
  return { guid: imagesOf(state)[target.level]?.guid ?? NIL_GUID };
}

function topKept({ descriptor }: DiskState, { refusals }: Plan): DiskPlan {
  const refusal: DiskPlanRefusal = {
    code: 'TOP_NOT_DISCARDED',
    hint: 'This is the top delta, whose data would be lost. Say discardTop: true.',
    exitCodes: {},
  };
  return {
    descriptor,
    actions: [],
    outcome: 'refused',
    refusals: [refusal, ...refusals],
    warnings: [],
  };
}
