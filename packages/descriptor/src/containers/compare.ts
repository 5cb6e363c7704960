import type { SnapshotGraph } from '../graph/build.ts';
import type { SnapshotNode } from '../graph/node.ts';
import { guidKey } from '../guid.ts';
import type { SavedSnapshot } from './snapshot-list.ts';

/** How the list of a container and a descriptor differ. */
export interface SnapshotComparison {
  /** Snapshots of the descriptor that the list lacks: `vzctl` and `prlctl` do not show them. */
  readonly unlisted: readonly SnapshotNode[];
  /** Snapshots of the list that the descriptor lacks: nobody can switch to them. */
  readonly withoutShot: readonly SavedSnapshot[];
}

/**
 * Compares the list of a container or virtual machine with the descriptor of one of its disks, by GUID. The top and
 * temporary snapshots belong in no list.
 */
export function compareSnapshots(
  list: readonly SavedSnapshot[],
  graph: SnapshotGraph,
): SnapshotComparison {
  const listed = new Set(list.map(({ guid }) => guidKey(guid)));
  return {
    unlisted: graph.nodes.filter(
      (node) => node !== graph.top && !node.temporary && !listed.has(guidKey(node.guid)),
    ),
    withoutShot: list.filter(({ guid }) => graph.node(guid) === undefined),
  };
}
