import {
  buildGraph,
  checkDescriptor,
  printable,
  resolveFile,
  type Diagnostic,
  type SnapshotNode,
} from '@ploop/descriptor';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { imageSteps, type Plan, type PlannedAction } from '@ploop/descriptor/plan';
import { renderTextTree } from '@ploop/descriptor/render';
import type { ImageStep } from '@ploop/image';
import {
  copyFault,
  diskSpace,
  findOutside,
  foreignFileFindings,
  stepFindings,
  type OperationSpace,
} from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import type { Readable } from '../input/load.ts';
import type { Answer } from '../output/answer.ts';

/** What is to be planned. */
export interface PlannedChange {
  readonly operation: 'snapshot' | 'switch' | 'delete' | 'merge' | 'replace';
  readonly plan: Plan;
  /** What happens to images besides what the plan has. */
  readonly steps: readonly ImageStep[];
  /** Files that the tool removes whatever they are, as the descriptor names them. */
  readonly removed?: readonly string[] | undefined;
  /** The file that is to be a copy of the image of the snapshot. */
  readonly copy?: string | undefined;
  /** The snapshot that it is about. */
  readonly target: SnapshotNode | undefined;
  /** Findings about the descriptor that the change does not make worse. */
  readonly tolerated?: readonly Diagnostic['code'][];
  /** Why it is refused although the tool would do it. */
  readonly own?: Refusal | undefined;
}

/** Why a change is refused. */
interface Refusal {
  readonly code: string;
  readonly hint: string;
  /** What the tool exits with, where it is the tool that refuses. */
  readonly exitCode?: number | undefined;
}

/** Losses that a plan warns of. The rest is worth knowing. */
const LOSSES: readonly string[] = ['STATE_LOST', 'TOP_DISCARDED', 'BRANCH_REMOVED'];

/** Findings that no change is planned for. */
const OUTSIDE: readonly string[] = ['DELTA_OUTSIDE', 'VOLUME_OUTSIDE', 'LINK_OUTSIDE'];

/** What a change would come to, and why it would be refused: the rules are those of `ploop`. */
export async function planAnswer(
  disk: Readable,
  change: PlannedChange,
  options: ConfineOptions,
): Promise<Answer> {
  const { plan, operation, target } = change;
  const faults = await faultsOf(disk, change, options);
  const refusals = [...refusalsOf(change, faults), ...(await otherCopy(disk, change, faults))];
  const isRefused = refusals.length > 0;
  const space = isRefused ? undefined : await spaceOf(disk, change, options);
  const cannot = space?.unknown !== undefined;
  const outcome = isRefused ? 'refused' : plan.outcome;
  const losses = plan.warnings.filter(({ code }) => LOSSES.includes(code));
  const exits = refusals.flatMap(({ exitCode }) => exitCode ?? []);
  return {
    findings: faults,
    isFailed: isRefused || cannot || losses.length > 0,
    text: [
      `${operation}: ${outcome}`,
      ...refusals.map(({ code, hint }) => `refused: ${code}: ${hint}`),
      ...(exits.length > 0 ? [`the tool exits with ${String(exits[0])}`] : []),
      ...(isRefused ? [] : plan.warnings.map(({ code, hint }) => `note: ${code}: ${hint}`)),
      ...(isRefused ? [] : plan.actions.map(actionLine)),
      ...(space === undefined ? [] : spaceLines(space)),
      '',
      'now:',
      ...renderTextTree(disk.graph),
      ...(isRefused ? [] : ['', 'then:', ...renderTextTree(buildGraph(plan.descriptor))]),
    ],
    json: {
      ...{ path: disk.path, accepted: disk.accepted, operation, guid: target?.guid, outcome },
      ...{ refusals, warnings: isRefused ? [] : plan.warnings },
      ...{ actions: isRefused ? [] : plan.actions, ...(space && spaceJson(space)) },
      descriptor: isRefused ? disk.descriptor : plan.descriptor,
    },
    isShown: () => false,
  };
}

async function faultsOf(
  { path, directory, descriptor, graph }: Readable,
  { plan, steps, removed = [], tolerated = [] }: PlannedChange,
  { confine }: ConfineOptions,
): Promise<readonly Diagnostic[]> {
  const outside = await findOutside(path, { confine });
  if (outside.length > 0) return outside;
  const damage = checkDescriptor(descriptor).filter(
    ({ code, severity }) => severity === 'error' && !tolerated.includes(code),
  );
  if (damage.length > 0 || plan.outcome === 'refused') return damage;
  for (const name of removed) {
    const foreign = await foreignFileFindings(resolveFile(directory, name));
    if (foreign.length > 0) return foreign;
  }
  const all = [...imageSteps([plan]), ...steps];
  return stepFindings({ path, directory, descriptor, graph }, all, { confine });
}

/** Why a file cannot be the replacement. */
async function otherCopy(
  { directory }: Readable,
  { plan, copy, target }: PlannedChange,
  faults: readonly Diagnostic[],
): Promise<readonly Refusal[]> {
  if (copy === undefined || target?.image === undefined) return [];
  if (faults.length > 0 || plan.outcome === 'refused') return [];
  const fault = await copyFault(resolveFile(directory, target.image.file), copy);
  if (fault === undefined) return [];
  const hint =
    'differs' in fault
      ? `${printable(copy)} is not a copy of the image: its ${fault.differs} is another.`
      : `${printable(fault.unreadable)} cannot be compared: ${printable(fault.reason)}.`;
  return [{ code: 'REPLACEMENT_DIFFERS', hint }];
}

function refusalsOf(
  { plan, own }: PlannedChange,
  faults: readonly Diagnostic[],
): readonly Refusal[] {
  const outside = faults.filter(({ code }) => OUTSIDE.includes(code));
  if (outside.length > 0) return outside.map(({ code, hint }) => ({ code, hint }));
  if (own !== undefined) return [own];
  const planned = plan.refusals.map(({ code, hint, exitCode }) => ({ code, hint, exitCode }));
  return planned.length > 0 ? planned : faults.map(({ code, hint }) => ({ code, hint }));
}

/** Of a deletion or a merge of one snapshot: as `space` measures it, by release 1.15. */
async function spaceOf(
  disk: Readable,
  { operation, target }: PlannedChange,
  { confine }: ConfineOptions,
): Promise<OperationSpace | undefined> {
  if (target === undefined || (operation !== 'delete' && operation !== 'merge')) return undefined;
  const { operations } = await diskSpace(disk.path, { confine });
  return operations.find((one) => one.guid === target.guid && one.operation === operation);
}

function spaceJson({ frees, moves, needs, unknown }: OperationSpace): object {
  return unknown === undefined ? { bytes: { frees, moves, needs } } : { unknown };
}

function spaceLines({ frees, moves, needs, unknown }: OperationSpace): readonly string[] {
  if (unknown === 'IMAGE_UNREADABLE')
    return ['An image that it needs is missing or damaged: the tool would fail.'];
  if (unknown === 'IMAGE_IN_USE')
    return [
      'An image is marked as in use, by a device or since a crash: the tool does not merge it.',
    ];
  if (frees === undefined || moves === undefined || needs === undefined) return [];
  const size = (bytes: number): string => prettyBytes(bytes, { binary: true });
  return [
    `frees ${size(frees)}, moves ${size(moves)}, needs ${size(needs)} of free space meanwhile`,
  ];
}

function actionLine(step: PlannedAction): string {
  switch (step.action) {
    case 'create':
      return `creates ${step.file}`;
    case 'remove':
      return `removes ${step.file}`;
    case 'merge':
      return `merges ${step.file} into ${step.into}`;
    case 'rename':
      return `renames ${step.file} to ${step.to}`;
  }
}
