import {
  type DiagnosticCode,
  diagnostic,
  type Diagnostic,
  type SnapshotGraph,
  guidKey,
  type Guid,
} from '@ploop/descriptor';

import type { PlacedImage } from '../disk/placed-images.ts';
import { lastWhole } from './last-whole.ts';

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
 * Adds to findings about a file that is not an image which snapshot below it is whole, nothing being wrong with any
 * image of its chain, and whether other images lie above it.
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
  return ({ node }, findings) => {
    if (node === undefined || !findings.some(({ code }) => NO_IMAGE.has(code))) return findings;
    const whole = lastWhole(graph, node.guid, isSound)?.guid;
    const hasChildren = graph.children(node.guid).length > 0;
    return findings.map((finding) =>
      withEvidence(finding, {
        ...(whole === undefined ? {} : { whole }),
        ...(hasChildren && { hasChildren }),
      }),
    );
  };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

interface Evidence {
  readonly whole?: Guid;
  readonly hasChildren?: true;
}

function withEvidence(finding: Diagnostic, { whole, hasChildren }: Evidence): Diagnostic {
  const { code, data, disk } = finding;
  const position = disk === undefined ? {} : { disk };
  const below = whole === undefined ? {} : { whole };
  if (code === 'HEADER_TOO_SHORT') {
    const above = hasChildren === true ? { hasChildren } : {};
    return diagnostic(code, { ...data, ...below, ...above }, position);
  }
  if (code === 'HEADER_ZEROED') return diagnostic(code, { ...data, ...below }, position);
  if (code === 'HEADER_INVALID') return diagnostic(code, { ...data, ...below }, position);
  return finding;
}
