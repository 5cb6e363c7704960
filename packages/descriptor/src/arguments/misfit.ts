import { isRecord, type Rule, type Rules } from './rules.ts';

/** An argument or an option that does not fit. */
export interface Misfit {
  /** Its name. */
  readonly option: string;
  /** What was given, in words. */
  readonly value: string;
  /** What it has to be. */
  readonly rule: Rule;
}

/**
 * The first argument of a call, or the first option in one, that does not fit; `undefined` if all do.
 *
 * @param rules - Of the arguments, in their order.
 */
export function misfitOfCall(rules: Rules, given: readonly unknown[]): Misfit | undefined {
  return misfitAmong(rules, (_name, index) => given[index]);
}

function misfitAmong(
  rules: Rules,
  valueOf: (name: string, index: number) => unknown,
): Misfit | undefined {
  for (const [index, [option, rule]] of Object.entries(rules).entries()) {
    const value = valueOf(option, index);
    if (value === undefined && rule.isNeeded !== true) continue;
    if (!rule.fits(value)) return { option, value: shown(value), rule };
    if (rule.members === undefined || !isRecord(value)) continue;
    const within = misfitAmong(rule.members, (name) => value[name]);
    if (within !== undefined) return within;
  }
  return undefined;
}

/** Characters of a value in a message. */
const LONGEST = 100;

/** A wrong value in words, without running code of its own. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
