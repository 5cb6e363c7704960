import { buildGraph, printable } from '@ploop/descriptor';
import { renderTextTree } from '@ploop/descriptor/render';
import type { RecoveredDisk, RecoveryCandidate } from '@ploop/offline';

import { treeJson } from './tree-json.ts';

/** Candidates that are drawn; JSON has all. */
const MOST_DRAWN = 5;

/** The candidates for people: a drawing each, and the evidence. */
export function recoveryLines({
  candidates,
  isAmbiguous,
  isOrdered,
  unreadable,
}: RecoveredDisk): readonly string[] {
  const more = candidates.length - MOST_DRAWN;
  return [
    isAmbiguous
      ? `${String(candidates.filter(isTied).length)} candidates fit the evidence equally well: do not choose by chance`
      : 'the evidence is for the first candidate',
    ...(isOrdered ? [] : ['the modification times do not show the order of the images']),
    ...unreadable.map((name) => `${printable(name)} cannot be read, and is in no candidate`),
    ...candidates.slice(0, MOST_DRAWN).flatMap(candidateLines),
    ...(more > 0 ? ['', `${String(more)} more; --json lists all`] : []),
  ];
}

function isTied({ confidence }: RecoveryCandidate): boolean {
  return confidence === 'tied';
}

function candidateLines(
  { descriptor, confidence, evidence }: RecoveryCandidate,
  index: number,
): readonly string[] {
  return [
    '',
    `candidate ${String(index + 1)} (${confidence}):`,
    ...renderTextTree(buildGraph(descriptor)),
    ...evidence.flatMap(({ image, because }) =>
      because.map((reason) => `  ${printable(image)}: ${printable(reason)}`),
    ),
  ];
}

/** The candidates for programs. */
export function recoveryJson(found: RecoveredDisk): object {
  const { candidates, isAmbiguous, isOrdered, unreadable } = found;
  return {
    ambiguous: isAmbiguous,
    ordered: isOrdered,
    unreadable,
    candidates: candidates.map(({ descriptor, confidence, evidence }) => ({
      confidence,
      ...treeJson({ descriptor, graph: buildGraph(descriptor) }, undefined),
      evidence,
      descriptor,
    })),
  };
}
