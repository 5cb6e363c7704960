import { append } from '../append.ts';
import { buildGraph, type SnapshotGraph } from '../graph/build.ts';
import type { SnapshotNode } from '../graph/node.ts';
import { TOP_GUID, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { PlanRelease } from '../release.ts';
import { refused, type Draft } from './draft.ts';
import { withMerged, withoutNode } from './edit.ts';
import { mergeActions, mergeStep, mergeWarnings } from './merge-step.ts';
import type { PlannedAction } from './plan.ts';
import { planRefusal, type PlanRefusalCode } from './refusals.ts';

/** Merges everything from the top to the base, each release in its own way. */
export const mergeAll: Readonly<Record<PlanRelease, (descriptor: DiskDescriptor) => Draft>> = {
  '1.12': (descriptor) => mergeOneByOne(descriptor, '1.12'),
  '1.15': (descriptor) => {
    const graph = buildGraph(descriptor);
    const top = descriptor.topGuid ?? TOP_GUID;
    const chain = graph.chain(top);
    return chain.length < 2
      ? refused(descriptor, planRefusal('NO_PARENT'))
      : mergeChain(descriptor, graph, chain, top);
  },
  '7': (descriptor) => mergeOneByOne(descriptor, '7'),
  '9': (descriptor) => {
    const { nodes, children, roots } = buildGraph(descriptor);
    const isBranched = roots.length > 1 || nodes.some(({ guid }) => children(guid).length > 1);
    return isBranched
      ? refused(descriptor, planRefusal('MERGE_ALL_BRANCHED'))
      : mergeOneByOne(descriptor, '9');
  },
};

/** Release 1.15: in one pass, refused as a whole. */
export function mergeChain(
  descriptor: DiskDescriptor,
  graph: SnapshotGraph,
  chain: readonly SnapshotNode[],
  guid: Guid,
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
    warnings: mergeWarnings(lowers, '1.15'),
  };
}

/** Other releases: the top into its parent, again and again; what was merged before a fork stays merged. */
function mergeOneByOne(descriptor: DiskDescriptor, release: PlanRelease): Draft {
  const lowers: SnapshotNode[] = [];
  const actions: PlannedAction[] = [];
  let current = descriptor;
  for (;;) {
    const { top, node, children } = buildGraph(current);
    const lower = top && node(top.parentGuid);
    const warnings = mergeWarnings(lowers, release);
    if (top === undefined || lower === undefined)
      return lowers.length === 0
        ? refused(current, planRefusal('NO_PARENT'))
        : { descriptor: current, actions, outcome: 'merged', warnings };
    if (children(lower.guid).length > 1)
      return { ...refused(current, planRefusal('PARENT_IS_SHARED')), actions, warnings };
    const step = mergeStep(current, top, lower, release, current.topGuid);
    current = step.descriptor;
    append(actions, step.actions);
    lowers.push(lower);
  }
}
