import { requirePlannable } from './arguments.ts';
import { buildGraph } from '../graph/build.ts';
import { NIL_GUID, parseGuidArgument, sameGuid, TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { PlanRelease } from '../release.ts';
import { oldFormatRefusal, planWith, refused, type Draft } from './draft.ts';
import { withGuid } from './edit.ts';
import { mergeTemporaries } from './merge-temporaries.ts';
import { newDeltaFile, randomGuid as anyGuid, withNewTop } from './new-delta.ts';
import type { NewDeltaOptions, Plan } from './plan.ts';
import { planRefusal, type PlanRefusal, type PlanRefusalCode } from './refusals.ts';
import { planWarning } from './warnings.ts';

/** The most images that the chain of the top may have before a snapshot. */
const MOST_IMAGES = 126;

/** What `snapshot` is given. */
export interface PlanSnapshotInput {
  /** Of the state that is frozen. Stored as spelled here. Default: a random one. */
  readonly guid?: string | undefined;
  /** In the name of the new delta; unrelated to any snapshot. Default: a random one. */
  readonly fileGuid?: Guid | undefined;
  /**
   * Whether the disk is mounted, other than under a component name. Release 1.15 then takes the snapshot although a
   * temporary one cannot be merged away. Default: it is not mounted.
   */
  readonly isMounted?: boolean | undefined;
}

/** What `snapshot` would do: the top becomes a snapshot, and a new, empty delta the top. */
export function planSnapshot(
  descriptor: DiskDescriptor,
  input: PlanSnapshotInput = {},
  options: NewDeltaOptions = {},
): Plan {
  requirePlannable('snapshot', descriptor, input, options);
  // Shots that hang on the top hang on the snapshot afterwards, and are safe.
  const tolerated = ['TOP_WITH_CHILDREN'] as const;
  const operation = (release: PlanRelease): Draft =>
    draftSnapshot(descriptor, input, options, release);
  return planWith(descriptor, options, operation, tolerated);
}

/** {@link planSnapshot} on a disk that is in order, before it is stored. */
export function draftSnapshot(
  descriptor: DiskDescriptor,
  input: PlanSnapshotInput,
  { randomGuid = anyGuid }: NewDeltaOptions,
  release: PlanRelease,
): Draft {
  const guid = parseGuidArgument(input.guid ?? randomGuid());
  if (guid === undefined) return refused(descriptor, planRefusal('GUID_INVALID'));
  const problem = problemOf(descriptor, guid, release);
  const isEager = MERGES_FIRST[release];
  if (problem !== undefined && !isEager) return refused(descriptor, problem);

  // Measured with 1.15; nothing is known of 1.12.
  const skipsStuck = input.isMounted === true && release === '1.15';
  const merged = mergeTemporaries(descriptor, release, skipsStuck);
  const { actions, stuck } = merged;
  const blocked = stuck !== undefined && !skipsStuck ? blocking(stuck) : undefined;
  const late = isEager ? problemOf(merged.descriptor, guid, release) : blocked;
  const warnings = planWarning('TEMPORARY_MERGED', merged.guids);
  if (late !== undefined) return { ...refused(merged.descriptor, late), actions, warnings };

  const [first] = merged.descriptor.images;
  const file = newDeltaFile(stemOf(first?.file ?? '', release), input.fileGuid ?? randomGuid());
  const frozen = withGuid(merged.descriptor, merged.descriptor.topGuid ?? TOP_GUID, guid);
  return {
    descriptor: withNewTop(frozen, guid, file),
    actions: [...actions, { action: 'create', file }],
    outcome: 'created',
    warnings,
  };
}

/** Whether a release merges temporary snapshots before it looks at anything, and goes on where that fails. */
const MERGES_FIRST: Readonly<Record<PlanRelease, boolean>> = {
  '1.12': false,
  '1.15': false,
  '7': true,
  '9': true,
};

function problemOf(
  descriptor: DiskDescriptor,
  guid: Guid,
  release: PlanRelease,
): PlanRefusal | undefined {
  const graph = buildGraph(descriptor);
  const chain = graph.chain(descriptor.topGuid ?? TOP_GUID);
  const rules: readonly (readonly [boolean, PlanRefusalCode])[] = [
    [graph.node(guid) !== undefined, 'GUID_TAKEN'],
    [sameGuid(guid, NIL_GUID) || sameGuid(guid, TOP_GUID), 'GUID_RESERVED'],
    [chain.length > MOST_IMAGES, 'CHAIN_FULL'],
  ];
  const code = rules.find(([applies]) => applies)?.[1];
  return (
    oldFormatRefusal(descriptor, release) ?? (code === undefined ? undefined : planRefusal(code))
  );
}

function blocking(stuck: PlanRefusal): PlanRefusal {
  return stuck.code === 'ALREADY_TEMPORARY' ? planRefusal('TEMPORARY_STUCK') : stuck;
}

/** Release 9 takes the GUID off the name first. */
function stemOf(first: string, release: PlanRelease): string {
  return release === '9' ? first.replace(/\.\{[^/]*$/, '') : first;
}
