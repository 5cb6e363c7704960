import { aFlag, anObject, aString, either, needed, options } from '@ploop/descriptor/arguments';
import { planOperation, type PlanOptions } from '@ploop/descriptor/plan';
import { RefusedError } from '@ploop/runner';

import { aGuid, GUARDED } from '../arguments/rules.ts';
import { refuseMainMounted } from '../refusals/refuse-shown.ts';
import type { Source } from '../state/source.ts';
import { spelled, type DiskState } from '../state/state.ts';
import { unwritten, type PredictedMutation } from './mutation.ts';
import { planCommand, type DiskPlan } from './plan.ts';
import { storedGuid } from './snapshot.ts';
import { switchDiscarding, type SwitchingOptions } from './switch-discarding.ts';
import { switchKeeping } from './switch-keeping.ts';
import { switchReusing } from './switch-reusing.ts';
import type { SwitchedSnapshot } from './switched-snapshot.ts';

/** How a disk continues from another snapshot. */
export type SwitchSnapshotOptions = SwitchingOptions &
  (
    | {
        /**
         * Keeps what was written since the last snapshot, as a snapshot of its own: with the given GUID, or a random one
         * for `true`. Takes two calls of the tool; between them the disk is on a new, empty top above that snapshot.
         */
        readonly keepOldTop?: boolean | { readonly guid: string } | undefined;
        readonly reuseTarget?: false | undefined;
      }
    | {
        readonly keepOldTop?: false | undefined;
        /**
         * Writes to the target itself, whose GUID is gone then; nothing else may hang on it. Takes one or two calls of the
         * tool; between them the disk is on a new, empty top above the target.
         */
        readonly reuseTarget: boolean;
      }
  );

/** Continues from the given snapshot. What was written since the last one is discarded or kept. */
async function switchDisk(
  source: Source,
  guid: string,
  { keepOldTop = false, reuseTarget = false, ...options }: SwitchSnapshotOptions = {},
): Promise<SwitchedSnapshot> {
  if (keepOldTop !== false && reuseTarget)
    throw new RefusedError(
      'OPTION_INVALID',
      'keepOldTop and reuseTarget exclude each other',
      'Take a snapshot first, then switch with reuseTarget.',
    );
  if (reuseTarget) return switchReusing(source, guid, options);
  if (keepOldTop === false) return { topDelta: await switchDiscarding(source, guid, options) };
  const oldTop = keepOldTop === true ? undefined : keepOldTop.guid;
  return switchKeeping(source, guid, { ...options, guid: oldTop });
}

/** `disk.switchSnapshot`. */
export const switchSnapshot: PredictedMutation<
  [guid: string, options?: SwitchSnapshotOptions],
  SwitchedSnapshot
> = {
  rules: {
    guid: needed(aGuid),
    options: options({
      ...GUARDED,
      keepOldTop: either(aFlag, anObject({ guid: aString })),
      reuseTarget: aFlag,
    }),
  },
  guard: unwritten,
  run: switchDisk,
  foresee: (source) => refuseMainMounted(source, 'switchSnapshot'),
  model: (_source, state, planOptions, guid, given) =>
    plannedSwitch(state, guid, planOptions, given),
};

function plannedSwitch(
  state: DiskState,
  text: string,
  planOptions: PlanOptions,
  { keepOldTop = false, reuseTarget = false }: SwitchSnapshotOptions = {},
): DiskPlan {
  const target = { guid: spelled(state, text) };
  if (!reuseTarget && keepOldTop === false)
    return planCommand('snapshot-switch', target, state, planOptions);
  const kept = typeof keepOldTop === 'object' ? { guid: storedGuid(keepOldTop.guid) } : {};
  const way = reuseTarget ? { reuseTarget } : { keepOldTop: kept };
  const input = { ...target, ...way };
  return planOperation(state.descriptor, { operation: 'switch', input }, planOptions);
}
