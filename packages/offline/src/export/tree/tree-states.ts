import type { Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';

import { descriptorOrImageAt } from '../../disk/load-image.ts';
import { snapshotFailure } from '../../disk/snapshot-failure.ts';

/** A state of a disk that becomes a file of its own. */
export interface TreeState {
  /** What opens it: its GUID, or the ID of a snapshot inside a qcow2 image. */
  readonly name: string;
  /** Name of its file. */
  readonly file: string;
  /** The state that it was made from, if that is one of the disk. */
  readonly parent?: TreeState;
  /** Whether it is what the disk holds now. */
  readonly top: boolean;
}

/**
 * The states of a disk, parents first: its snapshots, and those inside a qcow2 image, which have no parent.
 *
 * @throws DescriptorError as loading the disk, and with what is wrong with a descriptor that cannot be read.
 */
export async function treeStates(
  path: string,
  confine: ConfineOptions,
): Promise<readonly TreeState[]> {
  const loaded = await runAsync(descriptorOrImageAt(path, {}, confine));
  const { graph, diagnostics } = loaded;
  if (graph === undefined) throw snapshotFailure(diagnostics);
  const states = new Map<Guid, TreeState>();
  const own = graph.roots.flatMap((root) => [root, ...graph.descendants(root.guid)]);
  for (const { guid, parentGuid } of own) {
    const above = graph.node(parentGuid);
    const parent = above && states.get(above.guid);
    states.set(guid, {
      ...{ name: guid, file: `${guid.slice(1, -1)}.qcow2`, top: guid === graph.top?.guid },
      ...(parent && { parent }),
    });
  }
  const inside = 'alone' in loaded ? loaded.alone.snapshots : [];
  return [
    ...states.values(),
    ...inside.map(({ id }, index) => ({
      ...{ name: id, file: `inside-${String(index + 1)}.qcow2`, top: false },
    })),
  ];
}
