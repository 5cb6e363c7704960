import { misfitOfCall, type Rules } from '@ploop/descriptor/arguments';
import { RefusedError } from '@ploop/runner';

import { BLOCKING, READS } from './disk.ts';
import { FUNCTIONS } from './functions.ts';
import { aGuid } from './rules.ts';

/**
 * Refuses arguments that callers without a compiler got wrong, before anything is read or started.
 *
 * @throws RefusedError `OPTION_INVALID`; `GUID_INVALID` for a GUID that is not a text.
 */
export function requireRules(rules: Rules, given: readonly unknown[]): void {
  const found = misfitOfCall(rules, given);
  if (found === undefined) return;
  const { option, value, rule } = found;
  throw new RefusedError(
    rule.fits === aGuid.fits ? 'GUID_INVALID' : 'OPTION_INVALID',
    `${option} cannot be ${value}: expected ${rule.expected}`,
    'Correct the argument or the option.',
  );
}

/**
 * {@link requireRules} of a function of this package.
 *
 * @throws RefusedError
 */
export function requireArguments(name: keyof typeof FUNCTIONS, given: readonly unknown[]): void {
  requireRules(FUNCTIONS[name], given);
}

type Method = (...given: readonly unknown[]) => unknown;

/**
 * A disk whose methods refuse wrong arguments; those that return promises by a rejection.
 *
 * @param mutations - The rules of its mutations, by their names.
 */
export function guardedDisk<Disk extends object>(
  disk: Disk,
  mutations: Readonly<Record<string, Rules>>,
): Disk {
  return {
    ...disk,
    ...guarded(disk, { ...READS, ...mutations }, rejecting),
    ...guarded(disk, BLOCKING, throwing),
  };
}

/** {@link guardedDisk} for the plans of a disk. */
export function guardedPlans<Plans extends object>(
  plans: Plans,
  rules: Readonly<Record<string, Rules>>,
): Plans {
  return { ...plans, ...guarded(plans, rules, rejecting) };
}

function guarded<Methods extends object>(
  methods: Methods,
  table: Readonly<Record<string, Rules>>,
  guard: (method: Method, rules: Rules) => Method,
): Partial<Methods> {
  const made = Object.entries(methods).flatMap(([name, method]) => {
    const rules = table[name];
    return rules === undefined ? [] : [[name, guard(method as Method, rules)] as const];
  });
  return Object.fromEntries(made) as Partial<Methods>;
}

function throwing(method: Method, rules: Rules): Method {
  return (...given) => {
    requireRules(rules, given);
    return method(...given);
  };
}

function rejecting(method: Method, rules: Rules): Method {
  const checked = throwing(method, rules);
  // The method runs at once: the order of calls is that of their work.
  return async (...given) => await checked(...given);
}
