import { TOP_GUID } from '../guid.ts';
import { buildGraph, type SnapshotGraph } from '../graph/build.ts';
import { isBase, type SnapshotNode } from '../graph/node.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { refused, type Draft } from './draft.ts';
import { withGuid, withoutNode, withTemporary } from './edit.ts';
import { mergeStep } from './merge-step.ts';
import { rawMergeFault } from './raw-merge.ts';
import { planRefusal } from './refusals.ts';

/** Releases up to 1.12.2 have no exit code of their own for it. */
const UNKNOWN = [
  ['1', 38],
  ['1.13', 43],
] as const;

/** Deletes one shot, in the way its number of children asks for, and nothing else. */
export function deleteStep(
  descriptor: DiskDescriptor,
  guid: string,
  release: Behaviour,
  graph: SnapshotGraph = buildGraph(descriptor),
): Draft {
  const node = graph.node(guid);
  if (node === undefined) return refused(descriptor, planRefusal('SNAPSHOT_UNKNOWN', UNKNOWN));
  const [child, second] = graph.children(node.guid);
  if (child === undefined) return deleteLeaf(descriptor, node, guid, graph);
  if (second === undefined) {
    const blocked = unmergeable(descriptor, node, release);
    if (blocked !== undefined) return blocked;
    return { ...mergeStep(descriptor, child, node, release), outcome: 'merged' };
  }
  if (!release.marksBranched) return refused(descriptor, planRefusal('CHILDREN_SEVERAL'));
  if (node.temporary) return refused(descriptor, planRefusal('ALREADY_TEMPORARY'));
  return {
    descriptor: withTemporary(descriptor, node.guid),
    actions: [],
    outcome: 'marked-temporary',
  };
}

/** What becomes of a snapshot that a release cannot merge with its child; `undefined` if it can. */
function unmergeable(
  descriptor: DiskDescriptor,
  node: SnapshotNode,
  release: Behaviour,
): Draft | undefined {
  // 8.0.14 and 8.0.15 say so of a raw base as well.
  const fault = rawMergeFault(descriptor, node, release);
  if (fault !== undefined) return release.marksFailedMerge ? fault : { ...fault, descriptor };
  if (release.mergesOnDelete) return undefined;
  return refused(withTemporary(descriptor, node.guid), planRefusal('MERGE_FAILS'));
}

function deleteLeaf(
  descriptor: DiskDescriptor,
  node: SnapshotNode,
  guid: string,
  graph: SnapshotGraph,
): Draft {
  const parent = graph.node(node.parentGuid);
  if (isBase(node) || parent === undefined) return refused(descriptor, planRefusal('BASE_IMAGE'));
  const isTop = node === graph.top;
  // The tool compares these two letter by letter, and would leave a disk without top.
  const isSpelled = guid === descriptor.topGuid;
  if (isTop && parent.temporary)
    return refused(descriptor, planRefusal(isSpelled ? 'PARENT_IS_TEMPORARY' : 'TOP_MISSPELLED'));
  if (isTop && graph.children(parent.guid).length > 1)
    return refused(descriptor, planRefusal('TOP_WOULD_BE_SHARED'));
  const rest = withoutNode(descriptor, node.guid);
  return {
    descriptor: isTop ? { ...withGuid(rest, parent.guid, TOP_GUID), topGuid: TOP_GUID } : rest,
    actions: [{ action: 'remove', file: node.image?.file ?? '' }],
    outcome: 'deleted',
  };
}
