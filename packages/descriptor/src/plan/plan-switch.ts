import { requirePlannable } from './arguments.ts';
import { buildGraph } from '../graph/build.ts';
import { isBase } from '../graph/node.ts';
import { parseGuidArgument, sameGuid, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { oldFormatRefusal, planWith, sizeRefusal, refused, type Draft } from './draft.ts';
import { withoutNode } from './edit.ts';
import { newDeltaFile, randomGuid as anyGuid, withNewTop } from './new-delta.ts';
import type { NewDeltaOptions, Plan } from './plan.ts';
import { draftDelete } from './plan-delete.ts';
import { draftSnapshot, type PlanSnapshotInput } from './plan-snapshot.ts';
import { planRefusal } from './refusals.ts';
import { planWarning } from './warnings.ts';

interface Target {
  /** To continue from. Stored as spelled here, as the parent of the new top. */
  readonly guid: string;
  /** In the name of the new delta. Default: a random one. */
  readonly fileGuid?: Guid | undefined;
}

/** What `snapshot-switch` is given; and two variants of it, which are planned as two calls that every release knows. */
export type PlanSwitchInput = Target &
  (
    | { readonly keepOldTop?: undefined; readonly reuseTarget?: false | undefined }
    /** Takes a snapshot first, so that nothing is lost. */
    | { readonly keepOldTop: PlanSnapshotInput; readonly reuseTarget?: false | undefined }
    /** Deletes the new top afterwards: the target itself is written to, and its GUID is gone. */
    | { readonly keepOldTop?: undefined; readonly reuseTarget: true }
  );

/** What `snapshot-switch` would do: the top is discarded, and a new, empty delta continues from another snapshot. */
export function planSwitch(
  descriptor: DiskDescriptor,
  input: PlanSwitchInput,
  options: NewDeltaOptions = {},
): Plan {
  requirePlannable('switch', descriptor, input, options);
  const draftOf = (release: Behaviour): Draft => {
    const change = (before: DiskDescriptor): Draft => draftSwitch(before, input, options, release);
    if (input.keepOldTop !== undefined)
      return inTwo(
        descriptor,
        draftSnapshot(descriptor, input.keepOldTop, options, release),
        change,
      );
    if (input.reuseTarget !== true) return change(descriptor);
    return draftReuse(descriptor, input.guid, change, release);
  };
  return planWith(descriptor, options, { operation: 'switch', draftOf });
}

function draftSwitch(
  descriptor: DiskDescriptor,
  input: Target,
  { randomGuid = anyGuid }: NewDeltaOptions,
  release: Behaviour,
): Draft {
  const guid = parseGuidArgument(input.guid);
  if (guid === undefined) return refused(descriptor, planRefusal('GUID_INVALID'));
  const oldFormat = oldFormatRefusal(descriptor, release);
  if (oldFormat !== undefined) return refused(descriptor, oldFormat);
  const { top, node } = buildGraph(descriptor);
  const target = node(guid);
  // The tool compares these two letter by letter, and everything else without regard to case.
  if (guid === descriptor.topGuid) return refused(descriptor, planRefusal('ALREADY_ON_TOP'));
  if (target === undefined || top === undefined)
    return refused(descriptor, planRefusal('SNAPSHOT_UNKNOWN'));
  if (target === top) return refused(descriptor, planRefusal('TOP_MISSPELLED'));
  if (target.temporary) return refused(descriptor, planRefusal('TARGET_IS_TEMPORARY'));
  if (isBase(top)) return refused(descriptor, planRefusal('BASE_IMAGE'));
  const unaligned = sizeRefusal(descriptor, release);
  if (unaligned !== undefined) return refused(descriptor, unaligned);

  const [first] = descriptor.images;
  const file = newDeltaFile(first?.file ?? '', input.fileGuid ?? randomGuid());
  return {
    descriptor: withNewTop(withoutNode(descriptor, top.guid), guid, file),
    actions: [
      { action: 'create', file },
      { action: 'remove', file: top.image?.file ?? '' },
    ],
    outcome: 'switched',
    warnings: [
      ...planWarning('TOP_DISCARDED', [top.guid]),
      ...planWarning('SIZE_OF_TARGET', [target.guid]),
    ],
  };
}

/** The target as the top: the delta above it that is deleted is the old top where that hangs on it, or a new one. */
function draftReuse(
  descriptor: DiskDescriptor,
  guid: string,
  change: (descriptor: DiskDescriptor) => Draft,
  release: Behaviour,
): Draft {
  const { top } = buildGraph(descriptor);
  const isParent = sameGuid(top?.parentGuid ?? '', parseGuidArgument(guid) ?? '');
  const discard = (before: DiskDescriptor): Draft =>
    draftDelete(before, before.topGuid ?? '', release);
  const draft = isParent ? discard(descriptor) : inTwo(descriptor, change(descriptor), discard);
  return draft.refusal === undefined ? { ...draft, outcome: 'switched' } : draft;
}

/** Two operations as one, which is refused before the first where the second would be. */
function inTwo(
  descriptor: DiskDescriptor,
  first: Draft,
  change: (descriptor: DiskDescriptor) => Draft,
): Draft {
  if (first.refusal !== undefined) return first;
  const second = change(first.descriptor);
  if (second.refusal !== undefined) return refused(descriptor, second.refusal);
  const { topGuid } = descriptor;
  return {
    ...second,
    actions: [...first.actions, ...second.actions],
    warnings: [
      ...planWarning('TWO_STEPS', topGuid === undefined ? [] : [topGuid]),
      ...(first.warnings ?? []),
      ...(second.warnings ?? []).filter(({ code }) => code !== 'TOP_DISCARDED'),
    ],
  };
}
