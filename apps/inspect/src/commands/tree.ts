import { sameGuid, type Guid, type StoragePart } from '@ploop/descriptor';
import { renderDot, renderMermaid, renderSvg, renderTextTree } from '@ploop/descriptor/render';

import type { InspectCommand } from '../command.ts';

/** `ploop-inspect tree`: the snapshot graph. */
export const tree: InspectCommand = {
  name: 'tree',
  summary: 'draw the snapshot graph, base first',
  formats: {
    text: ({ graph }) => renderTextTree(graph),
    ascii: ({ graph }) => renderTextTree(graph, { ascii: true }),
    mermaid: ({ graph }) => [renderMermaid(graph)],
    dot: ({ graph }) => [renderDot(graph)],
    svg: ({ graph }) => [renderSvg(graph)],
  },
  // Flat: a chain may be deeper than JSON readers nest.
  toJson: ({ descriptor, graph }) => {
    const snapshots = graph.nodes.map((node) => ({
      guid: node.guid,
      parentGuid: node.parentGuid,
      // Of several shots with one GUID the first has the children.
      children:
        graph.node(node.guid) === node ? graph.children(node.guid).map((child) => child.guid) : [],
      temporary: node.temporary,
      current: node === graph.top,
      file: node.image?.file,
      // Of a split disk, one for each part.
      ...(descriptor.storages && { files: filesOf(descriptor.storages, node.guid) }),
    }));
    return { topGuid: descriptor.topGuid, snapshots };
  },
};

function filesOf(storages: readonly StoragePart[], guid: Guid): readonly (string | undefined)[] {
  return storages.map(({ images }) => images.find((image) => sameGuid(image.guid, guid))?.file);
}
