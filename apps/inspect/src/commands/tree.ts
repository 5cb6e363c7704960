import { buildGraph, renderDot, renderMermaid, renderSvg, renderTextTree } from '@ploop/descriptor';

import type { InspectCommand } from '../command.ts';

/** `ploop-inspect tree`: the snapshot graph. */
export const tree: InspectCommand = {
  name: 'tree',
  summary: 'draw the snapshot graph, base first',
  formats: {
    text: ({ descriptor }) => renderTextTree(buildGraph(descriptor)),
    ascii: ({ descriptor }) => renderTextTree(buildGraph(descriptor), { ascii: true }),
    mermaid: ({ descriptor }) => [renderMermaid(buildGraph(descriptor))],
    dot: ({ descriptor }) => [renderDot(buildGraph(descriptor))],
    svg: ({ descriptor }) => [renderSvg(buildGraph(descriptor))],
  },
  // Flat: a chain may be deeper than JSON readers nest.
  toJson: ({ descriptor }) => {
    const graph = buildGraph(descriptor);
    const snapshots = graph.nodes.map((node) => ({
      guid: node.guid,
      parentGuid: node.parentGuid,
      // Of several shots with one GUID the first has the children.
      children:
        graph.node(node.guid) === node ? graph.children(node.guid).map((child) => child.guid) : [],
      temporary: node.temporary,
      current: node === graph.top,
      file: node.image?.file,
    }));
    return { topGuid: descriptor.topGuid, snapshots };
  },
};
