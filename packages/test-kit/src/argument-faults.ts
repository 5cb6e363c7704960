import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';

import { absentCalls, wrongCalls } from './wrong-values.ts';

/** The rule for an argument or an option, as `@ploop/descriptor/arguments` has it. */
interface Rule {
  readonly isNeeded?: true;
  readonly members?: Rules;
}
type Rules = Readonly<Record<string, Rule>>;

/** A function, and how its calls are judged. */
export interface ArgumentTest {
  readonly run: (...args: readonly unknown[]) => unknown;
  /** A right call, with every option that there is. */
  readonly args: readonly unknown[];
  readonly rules: Rules;
  /** What becomes of a call: the code of a typed error, or a text that begins with `untyped`. */
  readonly outcomeOf: (run: () => unknown) => Promise<string>;
  /** Outcomes of a call that is refused before anything is done. */
  readonly refused: readonly string[];
  /** What a refused call must not change. */
  readonly witness: () => unknown;
  /** Values of a wrong type that are accepted. */
  readonly isRight?: (place: string, value: unknown) => boolean;
  /** Whether a call that is not refused can be made. */
  readonly isSafe?: (args: readonly unknown[], place: string, value?: unknown) => boolean;
}

/** How many calls that get past the rules are made for a function. `PLOOP_SEED` chooses others. */
const MOST = Number(process.env['PLOOP_RUNS'] ?? 4);
const SEED = Number(process.env['PLOOP_SEED'] ?? 1);

/** What is wrong with how a function takes wrong arguments, of which all are tried at each place. */
export async function argumentFaults(test: ArgumentTest): Promise<readonly string[]> {
  const { run, args, rules, outcomeOf, refused, witness } = test;
  const { isRight = () => false, isSafe = () => true } = test;
  const faults = uncovered(rules, withNames(rules, args));
  const call = (given: readonly unknown[]): Promise<string> => outcomeOf(() => run(...given));
  const judge = (outcome: string, isDue: boolean, where: string): void => {
    if (outcome.startsWith('untyped') || refused.includes(outcome) !== isDue)
      faults.push(`${where}: ${outcome}`);
  };
  judge(await call(args), false, 'the right call');

  const calls = wrongCalls(args).filter(({ place, value }) => !isRight(place, value));
  const before = witness();
  for (const { place, value, args: wrong } of calls.filter((one) => one.isOfOtherType))
    judge(await call(wrong), true, `${place} = ${inspect(value)}`);
  if (!isDeepStrictEqual(witness(), before)) faults.push('a refused call did something');

  const others = calls.filter(
    (one) => !one.isOfOtherType && isSafe(one.args, one.place, one.value),
  );
  for (const { place, value, args: odd } of sampleOf(others)) {
    const outcome = await call(odd);
    if (outcome.startsWith('untyped')) faults.push(`${place} = ${inspect(value)}: ${outcome}`);
  }

  const absent = absentCalls(args).flatMap(({ path, args: without }) => {
    const rule = ruleAt(rules, path);
    return rule === undefined ? [] : [{ path, without, isNeeded: rule.isNeeded === true }];
  });
  const optional = absent.filter((one) => !one.isNeeded && isSafe(one.without, one.path.join('.')));
  for (const { path, without, isNeeded } of [
    ...absent.filter((one) => one.isNeeded),
    ...sampleOf(optional),
  ])
    judge(await call(without), isNeeded, `${path.join('.')} is absent`);
  return faults;
}

/** All files below a directory with their sizes and times, as a witness. */
export function filesIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const { size, mtimeNs, ctimeNs, ino } = lstatSync(join(root, name), { bigint: true });
      return [name, size, mtimeNs, ctimeNs, ino].join(' ');
    });
}

function sampleOf<One>(all: readonly One[]): readonly One[] {
  const stride = Math.max(1, Math.floor(all.length / MOST));
  return all.filter((_one, index) => index % stride === SEED % stride);
}

function withNames(rules: Rules, args: readonly unknown[]): Readonly<Record<string, unknown>> {
  const names = Object.keys(rules);
  return Object.fromEntries(args.map((arg, index) => [names[index] ?? String(index), arg]));
}

/** The rule at a place, such as `0.roots.sys`; `undefined` where the parts have none of their own. */
function ruleAt(rules: Rules, [index = '', ...names]: readonly string[]): Rule | undefined {
  let rule = Object.values(rules)[Number(index)];
  for (const name of names) rule = rule?.members?.[name];
  return rule;
}

/** Every option of a rule has to be in its right call, and no other. */
function uncovered(rules: Rules, given: Readonly<Record<string, unknown>>): string[] {
  const other = Object.keys(given).filter((name) => !(name in rules));
  const missing = Object.entries(rules).flatMap(([name, { members }]) => {
    const value = given[name];
    if (value === undefined) return [`${name} is not in the right call`];
    if (members === undefined || typeof value !== 'object' || value === null) return [];
    return uncovered(members, value as Readonly<Record<string, unknown>>);
  });
  return [...other.map((name) => `${name} has no rule`), ...missing];
}
