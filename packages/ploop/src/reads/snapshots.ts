import { resolveFile, type Guid } from '@ploop/descriptor';

import type { WholeState } from '../state/whole-state.ts';

/** One shot of a disk. */
export interface DiskSnapshot {
  readonly guid: Guid;
  /** All zeros for a base. */
  readonly parentGuid: Guid;
  /** Whether the tool will merge it away as soon as nothing needs it. `snapshot-list` does not report it. */
  readonly temporary: boolean;
  /** Whether it is the top, which is written to. */
  readonly current: boolean;
  /** Absolute path of its delta; absent where the descriptor has no image for it. */
  readonly file: string | undefined;
  /** The directory of the parent volume that it is of; absent for a shot of the disk itself, which alone can be changed. */
  readonly volume?: string;
}

/** All shots, the top included, in the order of the descriptor; those of parent volumes follow, the nearest first. */
export function snapshotsOf({
  directory,
  graph,
  top,
  volumes,
}: WholeState): readonly DiskSnapshot[] {
  return graph.nodes.map((node) => {
    const volume = node.foreign === true ? volumes.get(node.guid) : undefined;
    return {
      guid: node.guid,
      parentGuid: node.parentGuid,
      temporary: node.temporary,
      current: node === top,
      file: node.image && resolveFile(directory, node.image.file),
      ...(volume !== undefined && { volume }),
    };
  });
}
