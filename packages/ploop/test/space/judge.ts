import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Plan } from '@ploop/descriptor/plan';
import type { OperationSpace } from '@ploop/offline';

import { openDisk, type Runner } from '../../src/index.ts';
import { changed, contents } from '../guard/model.ts';
import type { Said } from '../tool.ts';
import { bytesIn, hashes } from './look.ts';
import { placeIn, RIVAL, RIVAL_GUID, type Place } from './make-disk.ts';

/** What judges the rows of a disk. */
export interface Court {
  readonly tool: (...argv: readonly string[]) => Said;
  readonly runner: Runner;
  /** Hears what came of a row. */
  readonly count: (name: string) => void;
}

const codes = (list: readonly { readonly code: string }[]): string =>
  list.map(({ code }) => code).join();

/** What is wrong with a row, by the plan of the same operation and by what the facade says. */
export async function promised(
  row: OperationSpace,
  plan: Plan,
  { directory }: Place,
  runner: Runner,
): Promise<readonly string[]> {
  const isRefused = row.outcome === 'refused';
  const numbers = [row.frees, row.moves, row.needs].filter((number) => number !== undefined);
  const refusal = await refusedBy(runner, directory, row);
  const rules: Readonly<Record<string, boolean>> = {
    'the warnings of the plan': JSON.stringify(row.warnings) === JSON.stringify(plan.warnings),
    'the refusals of the plan':
      plan.outcome !== 'refused' || codes(row.refusals) === codes(plan.refusals),
    'the outcome of the plan': isRefused || row.outcome === plan.outcome,
    'refused with a reason': isRefused === row.refusals.length > 0,
    'all numbers, or why there are none': numbers.length === (row.unknown === undefined ? 3 : 0),
    [`refused (${codes(row.refusals)}) as by the facade (${String(refusal)})`]:
      isRefused === (refusal !== undefined),
  };
  return Object.keys(rules).filter((name) => rules[name] === false);
}

/** What the facade refuses the operation for; `undefined` if it would let the tool do it. */
async function refusedBy(
  runner: Runner,
  directory: string,
  { operation, guid }: OperationSpace,
): Promise<string | undefined> {
  try {
    const { plan } = await openDisk(directory, { runner });
    const options = { release: '1.15' } as const;
    const made =
      operation === 'delete'
        ? await plan.deleteSnapshot(guid, options)
        : await plan.mergeSnapshot(guid, options);
    return made.outcome === 'refused' ? codes(made.refusals) : undefined;
  } catch (error) {
    return String(error);
  }
}

/** What the tool does otherwise than a row says, on a copy of the disk. */
export async function kept(
  row: OperationSpace,
  plan: Plan,
  { root }: Place,
  { tool, count }: Court,
  withQemu: boolean,
): Promise<readonly string[]> {
  const isRefused = row.outcome === 'refused';
  const byTool = plan.refusals.some(({ exitCodes }) => exitCodes['1.15'] !== undefined);
  if (isRefused && !byTool) {
    // The tool would do it, and lose data.
    count('refused, not tried');
    return [];
  }
  const copy = placeIn(`${root} copy`);
  execFileSync('cp', ['-a', root, copy.root]);
  try {
    const [before, was] = [contents(copy.directory), bytesIn(copy.root)];
    const rivals = rivalStates(copy.directory);
    const hashed = withQemu && !isRefused ? await hashes(copy.directory) : undefined;
    const command = row.operation === 'delete' ? 'snapshot-delete' : 'snapshot-merge';
    const path = join(copy.directory, 'DiskDescriptor.xml');
    const { status, stderr } = tool('-v-1', command, '-u', row.guid, path);
    const isDone = status === 0;
    const answer = isRefused ? 'refused' : row.unknown === undefined ? 'known' : 'unknown';
    count(`${answer}, ${isDone ? 'done' : 'fails'}`);
    if (isRefused) return isDone ? ['the tool does what is refused'] : [];

    const after = contents(copy.directory);
    const faults = [
      ...changed(before, after, (guid) => (after.has(guid) ? guid : undefined), false),
      ...rivalChanges(rivals, copy.directory),
    ];
    if (!isDone && row.unknown === undefined) return [...faults, `fails: ${stderr}`];
    if (!isDone) return faults;

    const freed = was - bytesIn(copy.root);
    const isLost = (guid: string): boolean =>
      guid === row.guid || row.warnings.some(({ guids }) => guids.some((one) => one === guid));
    const gone = [...before.keys()].filter((guid) => !after.has(guid) && !isLost(guid));
    const other: string[] = [];
    if (hashed !== undefined)
      for (const [guid, hash] of await hashes(copy.directory))
        if (hashed.has(guid) && hashed.get(guid) !== hash) other.push(guid);
    if (hashed !== undefined) count('compared by QEMU');
    return [
      ...faults,
      ...(row.frees === undefined || row.frees === freed
        ? []
        : [`frees ${String(freed)}, not ${String(row.frees)}`]),
      ...gone.map((guid) => `loses ${guid} without a warning`),
      ...other.map((guid) => `QEMU reads ${guid} as something else`),
    ];
  } finally {
    rmSync(copy.root, { recursive: true });
  }
}

type States = ReturnType<typeof contents>;

/** What each other descriptor beside a disk reads as, by its name. */
function rivalStates(directory: string): ReadonlyMap<string, States> {
  const names = readdirSync(directory).filter((name) => name.startsWith(RIVAL));
  return new Map(names.map((name) => [name, contents(directory, name)]));
}

/** What has become of the states that only other descriptors have. */
function rivalChanges(before: ReadonlyMap<string, States>, directory: string): readonly string[] {
  return [...before].flatMap(([name, states]) => {
    const own = (guid: string): string | undefined =>
      guid === RIVAL_GUID || !states.has(RIVAL_GUID) ? guid : undefined;
    return changed(states, contents(directory, name), own, false).map((one) => `${name}: ${one}`);
  });
}
