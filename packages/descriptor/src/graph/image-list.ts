import { requireGraph } from '../arguments/graph.ts';
import { requireArgument } from '../arguments/require.ts';
import { aText } from '../arguments/rules.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Image } from '../model.ts';
import type { SnapshotGraph } from './build.ts';
import { isBase, type SnapshotNode } from './node.ts';

/** The images that make up a snapshot. Complete only where there are no diagnostics. */
export interface ImageList {
  /** Base first. */
  readonly images: readonly Image[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The images that make up a snapshot, base first, in the order `ploop mount` stacks them; and why the list is not
 * complete, if so: an unknown GUID, a parent that is not a shot, a cycle, a shot without image.
 */
export function imageList(graph: SnapshotGraph, guid: string): ImageList {
  requireGraph(graph);
  requireArgument('guid', guid, aText);
  const chain = graph.chain(guid);
  const [first] = chain;
  if (first === undefined)
    return { images: [], diagnostics: [diagnostic('SHOT_UNKNOWN', { guid })] };
  const broken = isBase(first) ? [] : [brokenAt(graph, first)];
  const missing = chain.filter((node) => node.image === undefined);
  return {
    images: chain.flatMap((node) => node.image ?? []),
    diagnostics: [
      ...broken,
      ...missing.map((node) => diagnostic('SHOT_WITHOUT_IMAGE', { guid: node.guid })),
    ],
  };
}

function brokenAt(graph: SnapshotGraph, { guid, parentGuid }: SnapshotNode): Diagnostic {
  return graph.node(parentGuid) === undefined
    ? diagnostic('PARENT_UNKNOWN', { guid, parentGuid })
    : diagnostic('PARENT_CYCLE', { guid });
}
