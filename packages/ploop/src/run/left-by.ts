import { isDeepStrictEqual } from 'node:util';

import { resolveFile, sameGuid, type SnapshotNode } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { availability, settledLook, type ReportedFiles, type Releases } from '@ploop/runner';

import { isThere } from '../io/is-there.ts';
import { stateOf, type DiskState } from '../state/state.ts';
import type { Target } from './run-target.ts';
import type { TracedRun } from './trail.ts';

/** What the tool appends to the name of a base image for the copy that it converts. */
const COPIES = ['.tmp', '.idx'] as const;
/** Releases that mark a shot as temporary before they merge it. */
const MARKING: Releases = [{ since: '7' }];
/** Runs that take a snapshot under the GUID of their input. */
const TAKES: readonly string[] = ['snapshot', 'tsnapshot'];
/** Runs that mark one. */
const MERGES: readonly string[] = ['snapshot-merge', 'snapshot-delete'];

/**
 * What a call leaves that failed, for people: only what its own runs say they did, and what is still so. A file is named
 * only if the descriptor does not name it.
 */
export async function leftBy(
  target: Target,
  runs: readonly TracedRun[],
  before: DiskState | undefined,
): Promise<readonly string[]> {
  const marks = await mayMark(target, runs);
  if (!marks && !runs.some(({ reported }) => hasWritten(reported))) return [];
  const { runner, descriptorPath } = target;
  const look = async (): Promise<readonly string[]> => {
    const after = await runAsync(stateOf(descriptorPath)).catch(() => undefined);
    const isStored = runs.some(({ reported }) => reported.stored.length > 0);
    return [
      ...(after === undefined && before !== undefined && isStored
        ? ['a descriptor that cannot be read']
        : []),
      ...(after === undefined ? [] : runs.flatMap((run) => shotsOf(run, after))),
      ...(marks ? marked(runs, before, after) : []),
      ...(await removedBy(runs, before)),
      ...(await straysOf(runs, before, after)),
    ];
  };
  const left = await settledLook({
    look,
    isSame: isDeepStrictEqual,
    hold: (work, timeoutMs) => runner.locked(descriptorPath, work, { timeoutMs }),
  });
  return [...new Set(left)];
}

function hasWritten({ created, stored, removed, converted }: ReportedFiles): boolean {
  return converted || created.length + stored.length + removed.length > 0;
}

/** The shots that a run made, as far as they are there. */
function shotsOf(
  { command, input, succeeded, reported }: TracedRun,
  after: DiskState,
): readonly string[] {
  const made = after.graph.nodes.filter((node) =>
    reported.created.includes(fileOf(after, node) ?? ''),
  );
  const guid = guidIn(input);
  const frozen = guid === undefined ? undefined : after.graph.node(guid);
  const isOurs =
    TAKES.includes(command.name) &&
    frozen !== undefined &&
    frozen !== after.top &&
    (succeeded || made.some(({ parentGuid }) => sameGuid(parentGuid, frozen.guid)));
  return [
    ...(isOurs && reported.created.length > 0 ? [`snapshot ${frozen.guid}`] : []),
    ...(made.includes(after.top) ? [`a new top on snapshot ${after.top.parentGuid}`] : []),
  ];
}
/** Files that runs made for a while, or as deltas. */
function madeBy(runs: readonly TracedRun[], before: DiskState | undefined): ReadonlySet<string> {
  const made = runs.flatMap(({ reported }) => [
    ...reported.stored
      .flatMap((file) => [file, `${file}.tmp`])
      .filter((file) => file.endsWith('.tmp')),
    ...reported.created,
  ]);
  if (runs.some(({ reported }) => reported.converted))
    for (const file of before === undefined ? [] : filesOf(before))
      for (const suffix of COPIES) made.push(`${file}${suffix}`);
  return new Set(made);
}

async function straysOf(
  runs: readonly TracedRun[],
  before: DiskState | undefined,
  after: DiskState | undefined,
): Promise<readonly string[]> {
  const named = new Set(after === undefined ? [] : filesOf(after));
  const made = [...madeBy(runs, before)].filter((file) => !named.has(file));
  const there = await Promise.all(made.map(isThere));
  return made
    .filter((_, index) => there[index])
    .map((file) => `${file}, which the descriptor does not name`);
}

async function removedBy(
  runs: readonly TracedRun[],
  before: DiskState | undefined,
): Promise<readonly string[]> {
  const removed = runs.flatMap(({ reported }) => reported.removed);
  const there = await Promise.all(removed.map(isThere));
  if (before === undefined) return [];
  return removed.flatMap((file, index) => {
    const node = before.graph.nodes.find((one) => fileOf(before, one) === file);
    if (there[index] === true || node === undefined) return [];
    return [`${node === before.top ? 'the former top' : `snapshot ${node.guid}`}, removed`];
  });
}

async function mayMark({ runner }: Target, runs: readonly TracedRun[]): Promise<boolean> {
  if (!runs.some(({ command }) => MERGES.includes(command.name))) return false;
  return availability(await runner.release(), MARKING) !== 'no';
}

/** Of the shots that runs were to merge, those that are marked now and were not. */
function marked(
  runs: readonly TracedRun[],
  before: DiskState | undefined,
  after: DiskState | undefined,
): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const wanted = runs
    .filter(({ command }) => MERGES.includes(command.name))
    .map(({ input }) => before.graph.node(guidIn(input) ?? before.top.guid));
  const marks = after.graph.nodes.filter(
    ({ guid, temporary }) =>
      temporary &&
      before.graph.node(guid)?.temporary === false &&
      wanted.some((node) => node?.guid === guid || node?.parentGuid === guid),
  );
  return marks.map(({ guid }) => `snapshot ${guid} marked temporary`);
}

function guidIn(input: unknown): string | undefined {
  return typeof input === 'object' &&
    input !== null &&
    'guid' in input &&
    typeof input.guid === 'string'
    ? input.guid
    : undefined;
}

/** The files that a descriptor names. */
export function filesOf(state: DiskState): readonly string[] {
  return state.graph.nodes.flatMap((node) => fileOf(state, node) ?? []);
}

function fileOf({ directory }: DiskState, { image }: SnapshotNode): string | undefined {
  return image === undefined ? undefined : resolveFile(directory, image.file);
}
