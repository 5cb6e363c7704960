import { append } from '../append.ts';
import { buildGraph } from '../graph/build.ts';
import type { Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { deleteStep } from './delete-step.ts';
import type { PlannedAction } from './plan.ts';
import type { Refusing } from './refusals.ts';

/** What became of the temporary snapshots of a disk. */
export interface MergedTemporaries {
  readonly descriptor: DiskDescriptor;
  readonly actions: readonly PlannedAction[];
  /** Those that have gone. */
  readonly guids: readonly Guid[];
  /** Why the first one that is left could not go. */
  readonly stuck: Refusing | undefined;
}

/**
 * Merges temporary snapshots away as the tool does along with other operations: always the first in the list, until
 * that one cannot go or none is left.
 *
 * @param skipsStuck - Whether those that cannot go are skipped.
 */
export function mergeTemporaries(
  descriptor: DiskDescriptor,
  release: Behaviour,
  skipsStuck = false,
): MergedTemporaries {
  const guids: Guid[] = [];
  const actions: PlannedAction[] = [];
  const skipped = new Set<Guid>();
  let stuck: Refusing | undefined;
  let current = descriptor;
  for (;;) {
    const graph = buildGraph(current);
    const node = graph.nodes.find(
      (one) => one.temporary && one !== graph.top && !skipped.has(one.guid),
    );
    if (node === undefined) return { descriptor: current, actions, guids, stuck };
    const step = deleteStep(current, node.guid, release, graph);
    if (step.refusal !== undefined) {
      stuck ??= step.refusal;
      if (!skipsStuck) return { descriptor: current, actions, guids, stuck };
      skipped.add(node.guid);
      continue;
    }
    current = step.descriptor;
    append(actions, step.actions);
    guids.push(node.guid);
  }
}
