import type { DiagnosticCode } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { guidKey, type Guid } from '../guid.ts';
import { lastWhole } from './last-whole.ts';
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
  const isSound = (guid: Guid): boolean => sound.get(guidKey(guid)) === parts;
  return ({ node }, findings) =>
    node === undefined || !findings.some(({ code }) => NO_IMAGE.has(code))
      ? findings
      : withWhole(findings, lastWhole(graph, node.guid, isSound)?.guid);
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
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
