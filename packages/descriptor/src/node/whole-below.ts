import type { DiagnosticCode } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { isBase } from '../graph/node.ts';
import { guidKey, type Guid } from '../guid.ts';
import type { PlacedImage } from './placed-images.ts';

/** What was found in an image that could be looked at. */
export interface JudgedImage {
  readonly placed: PlacedImage;
  readonly findings: readonly Diagnostic[];
}

/** Findings about a file that is not an image although there should be one. */
export const NO_IMAGE: ReadonlySet<DiagnosticCode> = new Set([
  'HEADER_TOO_SHORT',
  'HEADER_ZEROED',
  'HEADER_INVALID',
]);

/**
 * Adds to findings about a file that is not an image which snapshot below it is whole: nothing is wrong with any image
 * of its chain.
 *
 * @param parts - How many images each shot has: of a split disk one for each `Storage`.
 */
export function wholeBelow(
  graph: SnapshotGraph,
  judged: readonly JudgedImage[],
  parts: number,
): (placed: PlacedImage, findings: readonly Diagnostic[]) => readonly Diagnostic[] {
  const sound = new Map<string, number>();
  for (const { placed, findings } of judged) {
    const { node } = placed;
    if (node === undefined || findings.some(isError)) continue;
    const key = guidKey(node.guid);
    sound.set(key, (sound.get(key) ?? 0) + 1);
  }
  return ({ node }, findings) =>
    node === undefined || !findings.some(({ code }) => NO_IMAGE.has(code))
      ? findings
      : withWhole(findings, wholeAbove(graph, node.guid, sound, parts));
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

/** The last shot of a chain up to which all images are sound. */
function wholeAbove(
  graph: SnapshotGraph,
  guid: Guid,
  sound: ReadonlyMap<string, number>,
  parts: number,
): Guid | undefined {
  const ancestors = graph.ancestors(guid);
  const [base] = ancestors;
  if (base === undefined || !isBase(base)) return undefined;
  const broken = ancestors.findIndex((shot) => sound.get(guidKey(shot.guid)) !== parts);
  return (broken === -1 ? ancestors.at(-1) : ancestors[broken - 1])?.guid;
}

function withWhole(
  findings: readonly Diagnostic[],
  whole: Guid | undefined,
): readonly Diagnostic[] {
  if (whole === undefined) return findings;
  return findings.map((finding): Diagnostic => {
    const { code } = finding;
    if (code === 'HEADER_TOO_SHORT') return { ...finding, data: { ...finding.data, whole } };
    if (code === 'HEADER_ZEROED') return { ...finding, data: { ...finding.data, whole } };
    if (code === 'HEADER_INVALID') return { ...finding, data: { ...finding.data, whole } };
    return finding;
  });
}
