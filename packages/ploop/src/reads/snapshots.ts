import { resolveFile, type Guid } from '@ploop/descriptor';

import type { DiskState } from '../state.ts';

/** One shot of a disk. */
export interface DiskSnapshot {
  readonly guid: Guid;
  /** All zeros for a base. */
  readonly parentGuid: Guid;
  /** Whether the tool will merge it away as soon as nothing needs it. `snapshot-list` does not tell. */
  readonly temporary: boolean;
  /** Whether it is the top, which is written to. */
  readonly current: boolean;
  /** Absolute path of its delta; absent where the descriptor has no image for it. */
  readonly file: string | undefined;
}

/** All shots, the top included, in the order of the descriptor. */
export function snapshotsOf({ directory, graph, top }: DiskState): readonly DiskSnapshot[] {
  return graph.nodes.map((node) => ({
    guid: node.guid,
    parentGuid: node.parentGuid,
    temporary: node.temporary,
    current: node === top,
    file: node.image && resolveFile(directory, node.image.file),
  }));
}
