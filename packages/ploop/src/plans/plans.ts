import { aReleaseName, type Rules } from '@ploop/descriptor/arguments';

import type { DiskPlan, DiskPlanOptions } from '../mutations/plan.ts';
import {
  rows,
  type AnyMutation,
  type Given,
  type MutationName,
  type mutations,
} from '../mutations/table.ts';
import type { Source } from '../state/source.ts';
import { planOf } from './plan-of.ts';

/** The mutations that can be planned for a release. */
type Predicted = {
  [Name in MutationName]: (typeof mutations)[Name] extends { readonly model: unknown }
    ? Name
    : never;
}[MutationName];

/** Options are the arguments that are not text. */
type Released<Arguments extends readonly unknown[]> = {
  [Index in keyof Arguments]: Arguments[Index] extends string | undefined
    ? Arguments[Index]
    : Arguments[Index] & DiskPlanOptions;
};

type PlanResult<Name extends MutationName> = Name extends Predicted
  ? DiskPlan
  : Awaited<ReturnType<NonNullable<(typeof mutations)[Name]['details']>>>;

/**
 * What mutations would do to the disk as it is. They take what the mutations take, and are refused what those are refused
 * before the tool is called. Nothing is changed. The tool is run only to find out its release, if that makes a difference
 * and none is given, which device has the disk, if the kernel does not report it, and by calls that change nothing. A disk that
 * is mounted already, or is not, is refused as `DISK_MOUNTED` or `DISK_NOT_MOUNTED`, while `mount`, `umount` and `discard`
 * leave it to the tool to say so. They reject arguments of the wrong type with RefusedError.
 */
export type DiskPlans = {
  readonly [Name in MutationName]: (
    ...given: Name extends Predicted ? Released<Given<Name>> : Given<Name>
  ) => Promise<PlanResult<Name>>;
};

/** The arguments of each plan, by the name of its mutation: with a release, if one can be given. */
export const PLAN_RULES: Readonly<Record<string, Rules>> = Object.fromEntries(
  rows.map(([name, mutation]) => [name, rulesOf(mutation)]),
);

function rulesOf({ rules, model }: AnyMutation): Rules {
  const { options } = rules;
  if (model === undefined || options === undefined) return rules;
  const members = { ...options.members, release: aReleaseName };
  return { ...rules, options: { ...options, members } };
}

/** The plans for the disk that a source is of. */
export function plansOf(source: Source): DiskPlans {
  const bound = rows.map(([name, mutation]) => {
    const index = Object.keys(mutation.rules).length - 1;
    const plan = (...given: readonly unknown[]): Promise<unknown> => {
      const { release, ...options } = (given[index] ?? {}) as DiskPlanOptions;
      const own = [...Array.from({ length: index }, (_, place) => given[place]), options];
      // Only a plan that predicts takes a release.
      return mutation.model === undefined
        ? planOf(source, mutation, given, {})
        : planOf(source, mutation, own, { release });
    };
    return [name, plan] as const;
  });
  return Object.fromEntries(bound) as unknown as DiskPlans;
}
