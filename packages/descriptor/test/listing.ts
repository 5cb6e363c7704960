import { buildGraph, resolveFile, type DiskDescriptor, type Release } from '../src/index.ts';

/** The lines that `snapshot-list -o parent_uuid,current,uuid,fname` prints below its header. */
export function listing(
  descriptor: DiskDescriptor,
  directory: string,
  release?: Release,
): readonly string[] {
  const graph = buildGraph(descriptor);
  const rows = graph.nodes.map(({ guid, parentGuid, image }) => {
    const current = guid.toLowerCase() === graph.top?.guid.toLowerCase() ? '*' : ' ';
    const file = image === undefined ? '' : resolveFile(directory, image.file, release);
    return `${parentGuid} ${current} ${guid} ${file}`;
  });
  return [...rows, ''];
}
