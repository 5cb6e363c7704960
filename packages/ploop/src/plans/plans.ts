import { resolve } from 'node:path';

import { NIL_GUID, parseGuidArgument, type Diagnostic } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
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
import type { Refusal } from '@ploop/runner';

import { mainMount } from '../holders/main-mount.ts';
import type { DeleteSnapshotOptions } from '../mutations/delete-snapshot.ts';
import type { MergeSnapshotOptions } from '../mutations/merge-snapshot.ts';
import type { ImageTarget, ReplaceOptions } from '../mutations/replace.ts';
import type { SnapshotOptions } from '../mutations/snapshot.ts';
import type { SwitchSnapshotOptions } from '../mutations/switch-snapshot.ts';
import { mutationsOf, type Mutations } from '../mutations/table.ts';
import { imagesOf } from '../reads/images.ts';
import { refuseMainMounted, refuseShown } from '../refusals/refuse-shown.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, type DiskState } from '../state/state.ts';
import { planned } from './dry-run.ts';
import { withoutTool } from './plan-without-tool.ts';

/** For which release of the tool a plan is made. */
export type DiskPlanOptions = Pick<PlanOptions, 'release'>;

/**
 * Why a mutation would be refused: by the tool, to keep from losing data, or for want of an option; or, with a reason of a
 * RefusedError, for what the machine and the images say.
 */
export type DiskPlanRefusal =
  | PlanRefusal
  | {
      readonly code: 'TOP_NOT_DISCARDED' | Refusal;
      readonly hint: string;
      readonly exitCodes: Readonly<Record<string, never>>;
      /** The findings about the disk that speak against it. Empty if the refusal has another reason. */
      readonly diagnostics: readonly Diagnostic[];
    };

/** What a mutation would do. `outcome` is `refused` where `refusals` says why; nothing is run for it. */
export interface DiskPlan extends Omit<Plan, 'refusals'> {
  readonly refusals: readonly DiskPlanRefusal[];
}

/**
 * What mutations would do to the disk as it is. They take what the mutations take, and are refused what those are refused
 * before the tool is called. Nothing is changed. The tool is run only to find out its release, where that makes a
 * difference and none is given, and whose device it is, where the kernel does not tell. They reject arguments of the wrong type
 * with RefusedError.
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
  readonly mergeSnapshot: (
    guid?: string,
    options?: MergeSnapshotOptions & DiskPlanOptions,
  ) => Promise<DiskPlan>;
  readonly replace: (options: ReplaceOptions & DiskPlanOptions) => Promise<DiskPlan>;
}

/** The plans for the disk that a source is of. */
export function plansOf(source: Source): DiskPlans {
  const plan = async (
    release: PlanOptions['release'],
    make: (state: DiskState, options: PlanOptions) => DiskPlan | Promise<DiskPlan>,
    mutate: (mutations: Mutations, state: DiskState) => Promise<unknown>,
  ): Promise<DiskPlan> => {
    const state = await runAsync(currentState(source));
    const made = await make(state, { release, directory: state.directory });
    if (made.outcome === 'refused') return made;
    const dry = mutationsOf({ ...source, runner: withoutTool(source.runner, release) });
    const call = await planned(mutate(dry, state));
    if (call.outcome === 'called') return made;
    const { reason: code, message, hint: advice, diagnostics } = call;
    const hint = advice === undefined ? message : `${message}. ${advice}`;
    return refused(state, { code, hint, diagnostics });
  };
  return {
    snapshot: ({ release, ...given } = {}) =>
      plan(
        release,
        async ({ descriptor }, options) => {
          const isMounted = (await mainMount(source)) !== undefined;
          return planSnapshot(descriptor, { guid: given.guid, isMounted }, options);
        },
        (mutations) => mutations.snapshot(given),
      ),
    switchSnapshot: (guid, { release, ...given } = {}) =>
      plan(
        release,
        (state, options) => plannedSwitch(state, guid, given, options),
        async (mutations) => {
          await refuseMainMounted(source, 'switchSnapshot');
          await mutations.switchSnapshot(guid, given);
        },
      ),
    deleteSnapshot: (guid, { release, ...given } = {}) =>
      plan(
        release,
        (state, options) => {
          const target = spelled(state, guid);
          const made = planDelete(state.descriptor, { guid: target }, options);
          const isKept = target === state.top.guid && given.discardTop !== true;
          return isKept ? refused(state, TOP_NOT_DISCARDED, made.refusals) : made;
        },
        async (mutations, state) => {
          const target = spelled(state, guid);
          if (target === state.top.guid) await refuseMainMounted(source, 'deleteSnapshot');
          else await refuseShown(source, state, [target, ...onlyChild(state, target)]);
          await mutations.deleteSnapshot(guid, given);
        },
      ),
    mergeSnapshot: (guid, { release, ...given } = {}) =>
      plan(
        release,
        (state, options) => {
          const target = guid === undefined ? undefined : spelled(state, guid);
          const isTop = target === undefined || target === state.top.guid;
          return planMerge(state.descriptor, isTop ? {} : { guid: target }, options);
        },
        async (mutations, state) => {
          const upper = guid === undefined ? state.top : nodeOf(state, guid);
          await refuseShown(source, state, [upper.guid, upper.parentGuid]);
          await mutations.mergeSnapshot(guid, given);
        },
      ),
    replace: ({ release, ...given }) =>
      plan(
        release,
        (state, options) => {
          const { target, file, keepName } = given;
          const input = { target: named(state, target), newFile: resolve(file), keepName };
          return planReplace(state.descriptor, input, options);
        },
        (mutations) => mutations.replace(given),
      ),
  };
}

function plannedSwitch(
  { descriptor, ...state }: DiskState,
  guid: string,
  { keepOldTop = false, reuseTarget = false }: SwitchSnapshotOptions,
  options: PlanOptions,
): DiskPlan {
  const target = { guid: spelled({ descriptor, ...state }, guid) };
  if (reuseTarget) return planSwitch(descriptor, { ...target, reuseTarget }, options);
  if (keepOldTop === false) return planSwitch(descriptor, target, options);
  const kept = keepOldTop === true ? {} : { guid: keepOldTop.guid };
  return planSwitch(descriptor, { ...target, keepOldTop: kept }, options);
}

/** What a snapshot that is deleted is merged with. */
function onlyChild({ graph }: DiskState, text: string): readonly string[] {
  const guid = parseGuidArgument(text);
  const children = guid === undefined ? [] : graph.children(guid);
  return children.length === 1 ? children.map((child) => child.guid) : [];
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

const TOP_NOT_DISCARDED = {
  code: 'TOP_NOT_DISCARDED',
  hint: 'This is the top delta, whose data would be lost. Say discardTop: true.',
  diagnostics: [],
} as const;

function refused(
  { descriptor }: DiskState,
  reason: Omit<Exclude<DiskPlanRefusal, PlanRefusal>, 'exitCodes'>,
  others: readonly DiskPlanRefusal[] = [],
): DiskPlan {
  const refusals = [{ ...reason, exitCodes: {} }, ...others];
  return { descriptor, actions: [], outcome: 'refused', refusals, warnings: [] };
}
