import { type DiagnosticCode, type Diagnostic, SECTOR_SIZE } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import type { ImageStep } from '@ploop/descriptor/internal';

import { IMAGE } from '../arguments.ts';
import { leastFirstBlock } from '../formats/ploop/layout.ts';
import { compareImages } from './check-chain.ts';
import type { ImageCheck } from './check-image.ts';
import { pairFaults } from './pair-faults.ts';

/** The check of an image by its name in the descriptor; `undefined` if it was not read. */
export type CheckOf = (file: string) => ImageCheck | undefined;

type Rule<Name extends ImageStep['step']> = (
  step: Extract<ImageStep, { readonly step: Name }>,
  checkOf: CheckOf,
) => readonly Diagnostic[];

/** Findings about entries of a table that lead to no cluster of their own. */
const ENTRY_FAULTS: ReadonlySet<DiagnosticCode> = new Set([
  'CLUSTER_BEFORE_DATA',
  'CLUSTER_BEYOND_END',
  'CLUSTER_MISALIGNED',
  'CLUSTER_SHARED',
]);

/**
 * What each step must not be done to, as measured with release 1.15: it succeeds anyway, or fails half way. What the
 * tool refuses by itself, and findings that no step makes worse, are not in here.
 */
const rules: { readonly [Name in ImageStep['step']]: Rule<Name> } = {
  // Damaged clusters would look sound afterwards, even if the step itself reads them right.
  merge: ({ file, into }, checkOf) => {
    const [upper, lower] = [checkOf(file), checkOf(into)];
    return [
      ...found(lower, isError),
      ...found(upper, isError),
      ...(upper === undefined || lower === undefined ? [] : pairFaults(lower, upper)),
      ...found(upper, isPartial),
      // A bare disk keeps its size, so the disk would show old data beyond its end again.
      ...(lower?.rawBase === true && upper !== undefined ? shrunk(lower, upper) : []),
      // The tool counts the whole clusters of the lower image, and drops what is after them when it makes it longer.
      ...(clustersOf(upper) > clustersOf(lower) ? found(lower, has('BAT_STALE'), isPartial) : []),
    ];
  },
  grow: ({ file, below, size }, checkOf) => {
    const top = checkOf(file);
    const clusters = size / clusterBytesOf(top);
    const isLarger = clusters > clustersOf(top);
    return [
      ...found(top, isHeaderError),
      // A bare disk only becomes longer.
      ...(top?.rawBase === true ? [] : found(top, isPartial)),
      ...(isMoved(top, clusters) ? found(top, isError) : []),
      ...(isLarger ? found(top, has('BAT_STALE')) : []),
      ...(isLarger && top !== undefined ? below.flatMap((name) => shrunk(checkOf(name), top)) : []),
    ];
  },
  // A delta over a cut disk hides that it was cut.
  cover: ({ file }, checkOf) => found(checkOf(file), isPartial, has('IMAGE_TRUNCATED')),
  preallocate: ({ file }, checkOf) =>
    found(checkOf(file), has('CLUSTER_BEYOND_END', 'FILE_END_ODD'), isHeaderError),
  'make-raw': ({ file }, checkOf) => found(checkOf(file), isHeaderError, isPartial),
  convert: ({ file }, checkOf) =>
    found(checkOf(file), has('CLUSTER_BEFORE_DATA', 'CLUSTER_MISALIGNED'), isHeaderError),
  write: () => [],
  replace: () => [],
  remove: () => [],
};

/** Why a step must not be done to the images as they are. Empty if nothing speaks against it. */
export function stepFaults(step: ImageStep, checkOf: CheckOf): readonly Diagnostic[] {
  requireCall(IMAGE.stepFaults, [step, checkOf]);
  // One rule for each member of the union: the compiler does not see that both are of the same.
  return (rules[step.step] as Rule<ImageStep['step']>)(step, checkOf);
}

type Test = (finding: Diagnostic) => boolean;

function found(check: ImageCheck | undefined, ...tests: readonly Test[]): readonly Diagnostic[] {
  return check?.diagnostics.filter((finding) => tests.some((test) => test(finding))) ?? [];
}

// The tool opens some images of others anyway, and takes their data for something else.
const isError: Test = ({ severity, code }) => severity === 'error' || code === 'IMAGE_FOREIGN';
const isHeaderError: Test = (finding) => isError(finding) && !ENTRY_FAULTS.has(finding.code);

/** The tool counts whole clusters, and cuts off the rest, or adds to it. */
const isPartial: Test = ({ code }) => code === 'SIZE_NOT_WHOLE';

function has(...codes: readonly DiagnosticCode[]): Test {
  return ({ code }) => codes.includes(code);
}

/** Whether a table of so many entries needs the place of the first clusters. */
function isMoved(check: ImageCheck | undefined, clusters: number): boolean {
  const layout = check?.description.format === 'ploop' ? check.description.layout : undefined;
  if (layout === undefined) return false;
  const { clusterBytes, dataStart } = layout;
  const blockSize = clusterBytes / SECTOR_SIZE;
  return leastFirstBlock(Math.ceil(clusters), blockSize) * SECTOR_SIZE > dataStart;
}

/** The disk would show again what the image below has beyond its present end. */
function shrunk(lower: ImageCheck | undefined, top: ImageCheck): readonly Diagnostic[] {
  return compareImages(lower, top).filter(has('CHAIN_SHRUNK'));
}

function clustersOf(check: ImageCheck | undefined): number {
  return check?.description.format === 'ploop' ? (check.description.layout?.clusters ?? 0) : 0;
}

function clusterBytesOf(check: ImageCheck | undefined): number {
  const layout = check?.description.format === 'ploop' ? check.description.layout : undefined;
  return layout?.clusterBytes ?? Number.POSITIVE_INFINITY;
}
