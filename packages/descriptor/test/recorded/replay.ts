import { isDeepStrictEqual } from 'node:util';

import { parseDescriptor, type DiskDescriptor, type Guid } from '../../src/index.ts';
import { planDelete, planMerge, planReplace, planSnapshot, planSwitch, type Plan, type PlanOptions } from '../../src/plan/index.ts';
import { DIRECTORY, type Life, type Step } from './life.ts';

/** The input is that of a recording. */
type Planner = (descriptor: DiskDescriptor, input: never, options: PlanOptions) => Plan;

const planners: Readonly<Record<string, Planner>> = {
  snapshot: planSnapshot,
  switch: planSwitch,
  delete: planDelete,
  merge: planMerge,
  replace: planReplace,
};

/** A recorded step and its plan. */
export interface Verdict {
  readonly life: Life;
  readonly at: number;
  readonly step: Step;
  readonly plan: Plan;
  /** How the two differ; absent if they do not, or if the plan refuses what the tool does not. */
  readonly difference?: string | undefined;
}

/** What there was around a step. */
interface Around {
  readonly before: DiskDescriptor;
  readonly after: DiskDescriptor | undefined;
  readonly filesBefore: readonly string[];
  readonly filesAfter: readonly string[];
}

/** Plans each step of a life that has a plan, and compares it with what the release did. */
export function replay(life: Life): readonly Verdict[] {
  const { release } = life;
  const parse = (text: string): DiskDescriptor | undefined =>
    parseDescriptor(text, { release }).descriptor;
  const verdicts: Verdict[] = [];
  let before: DiskDescriptor | undefined;
  let filesBefore: readonly string[] = [];
  for (const [at, step] of life.steps.entries()) {
    const after = step.descriptor === undefined ? before : parse(step.descriptor ?? '');
    const filesAfter = step.files === undefined ? filesBefore : imagesAmong(step.files);
    const planner = isOfMachine(step) ? undefined : planners[step.op];
    if (planner !== undefined && before !== undefined) {
      const around = { before, after, filesBefore, filesAfter };
      const input = inputOf(step, around) as never;
      const plan = planner(before, input, { release, directory: DIRECTORY });
      const [refusal] = plan.refusals;
      const isOurs = refusal !== undefined && refusal.exitCode === undefined;
      const difference = isOurs ? undefined : differenceOf(plan, step, around);
      verdicts.push({ life, at, step, plan, difference });
    }
    before = after;
    filesBefore = filesAfter;
  }
  return verdicts;
}

function imagesAmong(files: Step['files'] | object): readonly string[] {
  const names = Array.isArray(files) ? (files as readonly string[]) : Object.keys(files ?? {});
  return names.filter((name) => !name.startsWith('DiskDescriptor'));
}

/** A failure for what the recording machine had not. */
function isOfMachine({ stderr = '' }: Step): boolean {
  return /kernel module not loaded|Unknown ploop image version/.test(stderr);
}

/** The tool makes up the GUID in the name of a new delta, and that of a snapshot that is given none. */
function inputOf(
  { op, input = {} }: Step,
  { before, after, filesBefore, filesAfter }: Around,
): object {
  const made = filesAfter.find((file) => !filesBefore.includes(file));
  const fileGuid = made?.match(/\{[^}]*\}$/)?.[0] as Guid | undefined;
  const known = new Set(before.shots.map(({ guid }) => guid));
  const guid = after?.shots.find((shot) => !known.has(shot.guid))?.guid;
  return {
    ...(op === 'snapshot' && guid !== undefined && { guid }),
    ...(fileGuid !== undefined && ['snapshot', 'switch'].includes(op) && { fileGuid }),
    ...input,
  };
}

function differenceOf(
  plan: Plan,
  { exit }: Step,
  { after, filesBefore, filesAfter }: Around,
): string | undefined {
  const [refusal] = plan.refusals;
  const planned = refusal === undefined ? 0 : refusal.exitCode;
  const code = refusal?.code ?? plan.outcome;
  if (exit !== planned) return `${code} (${String(planned)}), but it exits with ${String(exit)}`;
  if (!isDeepStrictEqual(plan.descriptor, after)) return `${code}, but another descriptor`;
  const left = new Set(filesBefore);
  for (const { action, file } of plan.actions) {
    if (action === 'create') left.add(file);
    if (action === 'remove' || action === 'rename') left.delete(file);
  }
  return isDeepStrictEqual([...left].sort(), [...filesAfter].sort())
    ? undefined
    : `${code}, but other files: ${filesAfter.join(', ')}`;
}
