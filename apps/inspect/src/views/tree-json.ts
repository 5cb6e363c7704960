import { sameGuid, type Guid, type StoragePart } from '@ploop/descriptor';

import type { Container } from '../input/container.ts';
import type { Readable } from '../input/load.ts';
import { containerJson, savedJson } from './saved.ts';

/** The snapshot graph for programs. It is flat: a chain may be deeper than JSON readers nest. */
export function treeJson(
  { descriptor, graph }: Pick<Readable, 'descriptor' | 'graph'>,
  container: Container | undefined,
): object {
  const snapshots = graph.nodes.map((node) => ({
    guid: node.guid,
    parentGuid: node.parentGuid,
    // Of several shots with one GUID the first has the children.
    children:
      graph.node(node.guid) === node ? graph.children(node.guid).map((child) => child.guid) : [],
    temporary: node.temporary,
    current: node === graph.top,
    file: node.image?.file,
    ...savedJson(container, node),
    // Of a split disk, one for each part.
    ...(descriptor.storages && { files: filesOf(descriptor.storages, node.guid) }),
  }));
  return { topGuid: descriptor.topGuid, snapshots, ...containerJson(container, graph) };
}

function filesOf(storages: readonly StoragePart[], guid: Guid): readonly (string | undefined)[] {
  return storages.map(({ images }) => images.find((image) => sameGuid(image.guid, guid))?.file);
}
