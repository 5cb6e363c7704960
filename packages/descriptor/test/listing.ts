import {
  buildGraph,
  imageList,
  resolveFile,
  type DiskDescriptor,
  type Release,
  type SnapshotNode,
} from '../src/index.ts';

/** The lines that `snapshot-list -o parent_uuid,current,uuid,fname` prints below its header. */
export function listing(
  descriptor: DiskDescriptor,
  directory: string,
  release?: Release,
): readonly string[] {
  const { nodes, top } = buildGraph(descriptor);
  return [...nodes.map((node) => rowOf(node, top, directory, release)), ''];
}

/** The same with `-u GUID`: from a shot down to its base; `undefined` where the tool fails. */
export function chainListing(
  descriptor: DiskDescriptor,
  directory: string,
  guid: string,
): readonly string[] | undefined {
  const graph = buildGraph(descriptor);
  if (imageList(graph, guid).diagnostics.length > 0) return undefined;
  const chain = graph.chain(guid).toReversed();
  return [...chain.map((node) => rowOf(node, graph.top, directory)), ''];
}

function rowOf(
  { guid, parentGuid, image }: SnapshotNode,
  top: SnapshotNode | undefined,
  directory: string,
  release?: Release,
): string {
  const current = guid.toLowerCase() === top?.guid.toLowerCase() ? '*' : ' ';
  const file = image === undefined ? '' : resolveFile(directory, image.file, release);
  return `${parentGuid} ${current} ${guid} ${file}`;
}
