import { formatDiagnostic, imageList, parseDescriptor } from '../src/index.ts';

/** Says what is wrong with a descriptor and which files its top is made of, base first. */
export function filesOf(source: string | Uint8Array): readonly string[] {
  const { accepted, graph, diagnostics } = parseDescriptor(source);
  for (const finding of diagnostics) console.warn(formatDiagnostic(finding));
  if (!accepted || graph.top === undefined) return [];
  const { images } = imageList(graph, graph.top.guid);
  return images.map(({ file }) => file);
}
