import { append } from '../append.ts';
import { buildGraph } from '../graph/build.ts';
import type { SnapshotNode } from '../graph/node.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { refused, type Draft } from './draft.ts';
import { withTemporary } from './edit.ts';
import { mergeStep, mergeWarnings } from './merge-step.ts';
import type { PlannedAction } from './plan.ts';
import { rawMergeFault } from './raw-merge.ts';
import { planRefusal, type Refusing } from './refusals.ts';

/** Exit code if the last snapshot that is looked at has no child, or several. */
const SKIPPED = 38;
/** Exit code of a merge into a new file, which these releases never create. */
const NO_NEW_FILE = 4;

/**
 * `-A` of releases that look at every snapshot, the last in the list first, and merge its only child into it, side branches
 * included. They go on after a failure as if the merge was done: its snapshot is gone from what they write next. The last
 * snapshot decides the exit code.
 *
 * @param isInto - Whether a new file is asked for.
 */
export function mergeAlong(descriptor: DiskDescriptor, release: Behaviour, isInto: boolean): Draft {
  const lowers: SnapshotNode[] = [];
  const actions: PlannedAction[] = [];
  let fault: Refusing | undefined;
  let written = descriptor;
  let current = descriptor;
  for (const { guid } of buildGraph(descriptor).nodes.toReversed()) {
    const graph = buildGraph(current);
    const lower = graph.node(guid);
    if (lower === undefined || lower === graph.top) continue;
    const [upper, ...others] = graph.children(guid);
    if (upper === undefined || others.length > 0) {
      fault = planRefusal('MERGE_ALL_BRANCHED', SKIPPED);
      continue;
    }
    fault = isInto
      ? planRefusal('NEW_FILE_UNSUPPORTED', NO_NEW_FILE)
      : rawMergeFault(current, lower, release)?.refusal;
    const step = mergeStep(current, upper, lower, release);
    written = fault === undefined ? step.descriptor : withTemporary(current, guid);
    if (fault === undefined) append(actions, step.actions);
    lowers.push(lower);
    current = step.descriptor;
  }
  if (lowers.length === 0 && fault === undefined)
    return refused(descriptor, planRefusal('NO_PARENT'));
  // The exit code is still 0.
  if (fault === undefined) return refused(descriptor, planRefusal('MERGE_ALL_BRANCHED'));
  const warnings = mergeWarnings(lowers, release);
  return { ...refused(written, fault), actions, warnings };
}
