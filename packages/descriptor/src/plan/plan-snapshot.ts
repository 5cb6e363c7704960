import { requirePlannable } from './arguments.ts';
import { buildGraph } from '../graph/build.ts';
import { NIL_GUID, parseGuidArgument, sameGuid, TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { oldFormatRefusal, planWith, sizeRefusal, refused, type Draft } from './draft.ts';
import { withGuid } from './edit.ts';
import { mergeTemporaries } from './merge-temporaries.ts';
import { newDeltaFile, randomGuid as anyGuid, withNewTop } from './new-delta.ts';
import type { NewDeltaOptions, Plan } from './plan.ts';
import { isUnmergeable, planRefusal, type PlanRefusalCode, type Refusing } from './refusals.ts';
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
  const draftOf = (release: Behaviour): Draft => draftSnapshot(descriptor, input, options, release);
  return planWith(descriptor, options, { operation: 'snapshot', draftOf, tolerated });
}

/** {@link planSnapshot} on a disk that is in order, before it is stored. */
export function draftSnapshot(
  descriptor: DiskDescriptor,
  input: PlanSnapshotInput,
  { randomGuid = anyGuid }: NewDeltaOptions,
  release: Behaviour,
): Draft {
  const guid = parseGuidArgument(input.guid ?? randomGuid());
  if (guid === undefined) return refused(descriptor, planRefusal('GUID_INVALID'));
  const problem = problemOf(descriptor, guid, release);
  const isEager = release.mergesTemporariesFirst;
  if (problem !== undefined && !isEager) return refused(descriptor, problem);

  const skipsStuck = input.isMounted === true && release.passesStuck === 'mounted';
  const merged = mergeTemporaries(descriptor, release, skipsStuck);
  const { actions, stuck } = merged;
  const blocked = stuck === undefined ? undefined : blocking(stuck, release, skipsStuck);
  const late =
    (isEager ? problemOf(merged.descriptor, guid, release) : undefined) ??
    blocked ??
    sizeRefusal(descriptor, release);
  const warnings = planWarning('TEMPORARY_MERGED', merged.guids);
  if (late !== undefined) return { ...refused(merged.descriptor, late), actions, warnings };

  const [first] = merged.descriptor.images;
  const file = newDeltaFile(stemOf(first?.file ?? '', release), input.fileGuid ?? randomGuid());
  const frozen = withGuid(merged.descriptor, merged.descriptor.topGuid ?? TOP_GUID, guid);
  // A parent volume may have the constant as well.
  const top = descriptor.volume?.parent === undefined ? TOP_GUID : randomGuid();
  return {
    descriptor: withNewTop(frozen, guid, file, top),
    actions: [...actions, { action: 'create', file }],
    outcome: 'created',
    warnings,
  };
}

function problemOf(
  descriptor: DiskDescriptor,
  guid: Guid,
  release: Behaviour,
): Refusing | undefined {
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

/** What a temporary snapshot that cannot be merged away does to `snapshot`. */
function blocking(stuck: Refusing, release: Behaviour, skipsStuck: boolean): Refusing | undefined {
  if (stuck.code === 'RAW_DELTA_MERGE') return stuck;
  if (isUnmergeable(stuck))
    return release.unmergeable === 'loses' ? planRefusal('TEMPORARY_UNMERGEABLE') : stuck;
  if (skipsStuck || release.passesStuck === 'always') return undefined;
  return stuck.code === 'ALREADY_TEMPORARY' ? planRefusal('TEMPORARY_STUCK') : stuck;
}

function stemOf(first: string, release: Behaviour): string {
  return release.dropsGuidOfName ? first.replace(/\.\{[^/]*$/, '') : first;
}
