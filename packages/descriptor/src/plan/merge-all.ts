import { append } from '../append.ts';
import { buildGraph, type SnapshotGraph } from '../graph/build.ts';
import type { SnapshotNode } from '../graph/node.ts';
import { TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { refused, type Draft } from './draft.ts';
import { withMerged, withoutNode } from './edit.ts';
import { mergeAlong } from './merge-along.ts';
import { mergeActions, mergeStep, mergeWarnings } from './merge-step.ts';
import type { PlannedAction } from './plan.ts';
import { rawMergeFault } from './raw-merge.ts';
import { planRefusal, type PlanRefusalCode } from './refusals.ts';

/**
 * Merges everything from the top to the base, each release in its own way.
 *
 * @param isInto - Whether a new file is asked for.
 */
export function mergeAll(descriptor: DiskDescriptor, release: Behaviour, isInto: boolean): Draft {
  const graph = buildGraph(descriptor);
  const isBranched =
    graph.roots.length > 1 || graph.nodes.some(({ guid }) => graph.children(guid).length > 1);
  if (release.mergesBranchesAlong && (isBranched || isInto))
    return mergeAlong(descriptor, release, isInto);
  if (release.mergeAll !== 'at once') return mergeOneByOne(descriptor, release);
  const top = descriptor.topGuid ?? TOP_GUID;
  const chain = graph.chain(top);
  return chain.length < 2
    ? refused(descriptor, planRefusal('NO_PARENT'))
    : mergeChain(descriptor, graph, chain, { guid: top, release });
}

/** In one pass, refused as a whole. */
export function mergeChain(
  descriptor: DiskDescriptor,
  graph: SnapshotGraph,
  chain: readonly SnapshotNode[],
  { guid, release }: { readonly guid: Guid; readonly release: Behaviour },
): Draft {
  const refuse = (code: PlanRefusalCode): Draft => refused(descriptor, planRefusal(code));
  const lowers = chain.slice(0, -1);
  const [lowest, ...between] = lowers;
  const upper = chain.at(-1);
  if (lowest === undefined || upper === undefined) return refuse('NOT_AN_ANCESTOR');
  if (lowers.some((node) => graph.children(node.guid).length > 1))
    return refuse('PARENT_IS_SHARED');
  const rest = between.reduce((before, node) => withoutNode(before, node.guid), descriptor);
  return {
    descriptor: withMerged(rest, upper, lowest, { guid, place: 'lower' }),
    actions: mergeActions(chain),
    outcome: 'merged',
    warnings: mergeWarnings(lowers, release),
  };
}

/** The top into its parent, once or again and again; what was merged before a fork stays merged. */
function mergeOneByOne(descriptor: DiskDescriptor, release: Behaviour): Draft {
  const lowers: SnapshotNode[] = [];
  const actions: PlannedAction[] = [];
  let current = descriptor;
  for (;;) {
    const { top, node, children } = buildGraph(current);
    const lower = top && node(top.parentGuid);
    const warnings = mergeWarnings(lowers, release);
    const isLast = lowers.length > 0 && release.mergeAll === 'one level';
    if (top === undefined || lower === undefined || isLast)
      return lowers.length === 0
        ? refused(current, planRefusal('NO_PARENT'))
        : { descriptor: current, actions, outcome: 'merged', warnings };
    if (children(lower.guid).length > 1)
      return { ...refused(current, planRefusal('PARENT_IS_SHARED')), actions, warnings };
    const blocked = rawMergeFault(current, lower, release);
    if (blocked !== undefined) return { ...blocked, actions, warnings };
    const step = mergeStep(current, top, lower, release, current.topGuid);
    current = step.descriptor;
    append(actions, step.actions);
    lowers.push(lower);
  }
}
