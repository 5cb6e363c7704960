import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { expect, test } from 'vitest';

import { NIL_GUID, parseDescriptor, type DiskDescriptor, type Guid } from '../../src/index.ts';
import { planDelete, planMerge, planSnapshot, type Plan, type PlanOptions } from '../../src/plan/index.ts';
import type { Version } from '../../src/releases/index.ts';
import { PLACEHOLDER, VOLUMES, walk, type Walked } from './volume-scenarios.ts';

const DIRECTORY = '/recorded';

/** The GUIDs that the tool made up. */
interface Made {
  readonly fileGuid: Guid | undefined;
  readonly top: Guid | undefined;
}

type Planner = (
  descriptor: DiskDescriptor,
  argv: readonly string[],
  options: PlanOptions,
  made: Made,
) => Plan;

const planners: Readonly<Record<string, Planner>> = {
  snapshot: (descriptor, [, guid], options, { fileGuid, top }) =>
    planSnapshot(descriptor, { guid, fileGuid }, { ...options, randomGuid: () => top ?? NIL_GUID }),
  'snapshot-delete': (descriptor, [, guid = ''], options) =>
    planDelete(descriptor, { guid }, options),
  'snapshot-merge': (descriptor, [all], options) =>
    planMerge(descriptor, all === '-A' ? { all: true } : {}, options),
};

interface Verdict {
  readonly name: string;
  readonly walked: Walked;
  readonly plan: Plan;
  readonly difference: string | undefined;
}

function verdictOf(release: Version, walked: Walked): Verdict | undefined {
  const { step, before, at } = walked;
  const [command = '', ...rest] = step.argv ?? [];
  const planner = planners[command];
  const path = rest.at(-1)?.slice(PLACEHOLDER.length + 1) ?? '';
  const source = before.get(path);
  if (planner === undefined || source === undefined) return undefined;
  const parse = (text: string): DiskDescriptor | undefined =>
    parseDescriptor(text, { release }).descriptor;
  const descriptor = parse(source);
  const after = parse(step.descriptors?.[path] ?? source);
  if (descriptor === undefined || after === undefined) return undefined;
  const directory = `${DIRECTORY}/${dirname(path)}`;
  const top = after.topGuid;
  const fileGuid = /\{[^{}]*\}$/.exec(after.images.at(-1)?.file ?? '')?.[0] as Guid | undefined;
  const made = { fileGuid, top };
  const plan = planner(descriptor, rest.slice(0, -1), { release, directory }, made);
  const [refusal] = plan.refusals;
  const exit = refusal === undefined ? 0 : refusal.exitCode;
  const isOurs = refusal !== undefined && exit === undefined;
  const isOther = !isOurs && (exit !== step.exit || !isDeepStrictEqual(plan.descriptor, after));
  const reported = `${refusal?.code ?? plan.outcome} (${String(exit)})`;
  const name = `${String(at)}: ${step.argv?.join(' ') ?? ''}`;
  const difference = isOther ? `${name}: ${reported}, not ${String(step.exit)}` : undefined;
  return { name, walked, plan, difference };
}

const rows: string[] = [];

test.each(VOLUMES)(
  'commands for disks on volumes of $release: what is planned, and what loses data is refused',
  ({ release, scenarios }) => {
    const verdicts = Object.values(scenarios)
      .flatMap(walk)
      .flatMap((walked) => verdictOf(release, walked) ?? []);
    const losing = verdicts.filter(
      ({ walked: { step, lost } }) => step.exit === 0 && lost.length > 0,
    );
    const refused = losing.filter(({ plan }) => plan.outcome === 'refused');
    rows.push(
      `${release} ${JSON.stringify({ steps: verdicts.length, losing: losing.length, refused: refused.length })}`,
    );
    expect(verdicts.flatMap(({ difference }) => difference ?? [])).toEqual([]);
    expect(losing.filter((one) => !refused.includes(one)).map(({ name }) => name)).toEqual([]);
    // Nothing is refused that the tool does without harm.
    const overcautious = verdicts.filter(
      ({ walked: { step, lost }, plan }) =>
        step.exit === 0 &&
        step.descriptors !== undefined &&
        lost.length === 0 &&
        plan.outcome === 'refused',
    );
    expect(overcautious.map(({ name }) => name)).toEqual([]);
    if (rows.length === VOLUMES.length) console.info(rows.join('\n'));
  },
);
