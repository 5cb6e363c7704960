import { requirePlannable } from './arguments.ts';
import { buildGraph } from '../graph/build.ts';
import { parseGuidArgument } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { isOneOf, type Releases } from '../releases/version.ts';
import { deleteStep } from './delete-step.ts';
import { oldFormatRefusal, planWith, refused, type Draft } from './draft.ts';
import { mergeTemporaries } from './merge-temporaries.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { isUnmergeable, planRefusal, type Refusing } from './refusals.ts';
import { planWarning, type PlanWarning } from './warnings.ts';

/** What `snapshot-delete` is given. */
export interface PlanDeleteInput {
  readonly guid: string;
  /**
   * Whether the disk may be mounted: releases 8 and 9 then go on with the interrupted merge of the shot that is deleted.
   * Default: it is not.
   */
  readonly isMounted?: boolean | undefined;
}

/** The releases that go on with an interrupted merge. */
const RESUMING: Releases = [{ since: '8' }];

/**
 * What `snapshot-delete` would do: a leaf is removed, a shot with one child merged with it, and one with more only
 * marked temporary. Then whatever temporary snapshots can be merged away are.
 */
export function planDelete(
  descriptor: DiskDescriptor,
  input: PlanDeleteInput,
  options: PlanOptions = {},
): Plan {
  requirePlannable('delete', descriptor, input, options);
  const draftOf = (release: Behaviour): Draft => draftDelete(descriptor, input.guid, release);
  const { guid, isMounted = false } = input;
  const resumes = ({ version }: Behaviour): string | undefined =>
    isMounted && isOneOf(version, RESUMING) ? parseGuidArgument(guid) : undefined;
  return planWith(descriptor, options, { operation: 'delete', draftOf, resumes });
}

/** {@link planDelete} on a disk that is in order, before it is stored. */
export function draftDelete(descriptor: DiskDescriptor, text: string, release: Behaviour): Draft {
  const guid = parseGuidArgument(text);
  if (guid === undefined) return refused(descriptor, planRefusal('GUID_INVALID'));
  const oldFormat = oldFormatRefusal(descriptor, release);
  if (oldFormat !== undefined) return refused(descriptor, oldFormat);
  const graph = buildGraph(descriptor);
  const step = deleteStep(descriptor, guid, release, graph);
  if (step.refusal !== undefined) return step;

  const node = graph.node(guid);
  const { actions, stuck, ...merged } = release.mergesTemporariesOnDelete
    ? mergeTemporaries(step.descriptor, release)
    : { descriptor: step.descriptor, actions: [], guids: [], stuck: undefined };
  if (losesTemporary(merged.descriptor, stuck, release))
    return refused(descriptor, planRefusal('TEMPORARY_UNMERGEABLE'));
  const isMarked = step.outcome === 'marked-temporary';
  const marked = node !== undefined && isMarked ? [node.guid] : [];
  const discarded = node !== undefined && node === graph.top ? [node.guid] : [];
  const isBranch = step.outcome === 'deleted' && node !== graph.top;
  const removed = node !== undefined && isBranch ? [node.guid] : [];
  return {
    descriptor: merged.descriptor,
    actions: [...step.actions, ...actions],
    outcome: step.outcome,
    warnings: [
      ...planWarning('TOP_DISCARDED', discarded),
      ...planWarning('BRANCH_REMOVED', removed),
      ...planWarning('MARKED_TEMPORARY', marked),
      ...planWarning('TEMPORARY_MERGED', merged.guids),
      ...blocked(merged.descriptor, release),
    ],
  };
}

/**
 * Whether a temporary snapshot is lost: after a merge that fails, `snapshot` writes a descriptor without it. A deletion ends
 * with the failure if it has nothing more to merge away; whether it writes such a descriptor if it has was not measured.
 */
function losesTemporary(
  descriptor: DiskDescriptor,
  stuck: Refusing | undefined,
  release: Behaviour,
): boolean {
  if (stuck === undefined || !isUnmergeable(stuck) || release.unmergeable !== 'loses') return false;
  const { top, nodes } = buildGraph(descriptor);
  return nodes.filter((node) => node.temporary && node !== top).length > 1;
}

/** What releases up to 1.15 fail over at the next snapshot. */
function blocked(descriptor: DiskDescriptor, release: Behaviour): readonly PlanWarning[] {
  if (release.passesStuck === 'always') return [];
  const { nodes, children } = buildGraph(descriptor);
  const stuck = nodes.filter(({ guid, temporary }) => temporary && children(guid).length > 1);
  return planWarning(
    'SNAPSHOTS_BLOCKED',
    stuck.map(({ guid }) => guid),
  );
}
