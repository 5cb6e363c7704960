import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { buildGraph, parseDescriptor, TOP_GUID, type DiskDescriptor, type Guid } from '@ploop/descriptor';
import { planOperation, type Plan, type PlannedOperation, type PlanSwitchInput } from '@ploop/descriptor/plan';

import { operationOf, type PlannedSubcommand } from '../../src/index.ts';
import type { Call } from './calls.ts';
import { commandOf } from './command-of.ts';

/** The subcommands whose effect on a descriptor a plan predicts. */
const PREDICTED: readonly string[] = ['replace', 'snapshot', 'snapshot-delete', 'snapshot-merge', 'snapshot-switch'];
/** What is not decided by the descriptor: what the recording machine had not, options that plans do not take, and images. */
const ELSEWHERE =
  /kernel module not loaded|Unknown ploop image version|invalid option|Incorrect cbt uuid|specify level for offline|uuid \(null\)|realpath\(|are of different size/;

/** A GUID that no recorded disk has. */
const UNUSED = '{0f0f0f0f-0000-4000-8000-000000000000}';

/** A recorded call with its plan. */
export interface PlannedCall {
  readonly call: Call;
  readonly plan: Plan;
  /** How the two differ; absent if they do not, or if the plan refuses what the tool does not. */
  readonly difference: string | undefined;
}

/** Plans a recorded call; `undefined` if it has no plan, or the disk no descriptor. */
export function planCall(call: Call): PlannedCall | undefined {
  const { release, argv, exit, stderr, before, after } = call;
  const path = argv.at(-1) ?? '';
  const text = before.descriptors.get(path);
  const ours = commandOf(argv);
  const [subcommand = ''] = argv;
  const isPlanned = PREDICTED.includes(subcommand) && ours !== undefined && !ELSEWHERE.test(stderr);
  if (!isPlanned || text === undefined) return undefined;
  const parse = (xml: string): DiskDescriptor | undefined => parseDescriptor(xml, { release }).descriptor;
  const descriptor = parse(text);
  if (descriptor === undefined) return undefined;
  const left = parse(after.descriptors.get(path) ?? '');
  const operation = operationOf(subcommand as PlannedSubcommand, ours.input as never, buildGraph(descriptor));
  const randomGuid = (): Guid => left?.topGuid ?? TOP_GUID;
  const options = { release, directory: dirname(path), randomGuid };
  const plan = planOperation(descriptor, named(operation, call, descriptor, left), options);
  const [refusal] = plan.refusals;
  if (refusal !== undefined && refusal.exitCode === undefined) return { call, plan, difference: undefined };
  const planned = refusal === undefined ? 0 : refusal.exitCode;
  const code = refusal?.code ?? plan.outcome;
  const difference =
    planned !== exit
      ? `${code} (${String(planned)}), but it exits with ${String(exit)}`
      : isDeepStrictEqual(plan.descriptor, left)
        ? undefined
        : `${code}, but another descriptor`;
  return { call, plan, difference };
}

/** The tool makes up the GUID in the name of a new delta, and that of a snapshot that is given none. */
function named(planned: PlannedOperation, { argv, before, after }: Call, from: DiskDescriptor, to: DiskDescriptor | undefined): PlannedOperation {
  const files = [...after.others].filter((file) => !before.others.has(file));
  const fileGuid = files.flatMap((file) => /\{[^}]*\}$/.exec(file) ?? [])[0] as Guid | undefined;
  if (planned.operation === 'switch') return { operation: 'switch', input: { ...planned.input, fileGuid } as PlanSwitchInput };
  if (planned.operation !== 'snapshot') return planned;
  const known = new Set(from.shots.map(({ guid }) => guid));
  const made = to?.shots.find((shot) => !known.has(shot.guid))?.guid;
  const guid = argv.includes('-u') ? {} : { guid: made ?? UNUSED };
  return { operation: 'snapshot', input: { ...planned.input, ...guid, fileGuid } };
}
