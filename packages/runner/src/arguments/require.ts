import { misfitOfCall, type Rule, type Rules } from '@ploop/descriptor/arguments';

import { RefusedError } from '../errors/errors.ts';

/**
 * Refuses arguments that callers without a compiler got wrong, before anything is started.
 *
 * @param rules - Of the arguments, in their order.
 * @throws RefusedError `OPTION_INVALID`
 */
export function requireCall(rules: Rules, given: readonly unknown[]): void {
  const found = misfitOfCall(rules, given);
  if (found === undefined) return;
  const { option, value, rule } = found;
  throw new RefusedError(
    'OPTION_INVALID',
    `${option} cannot be ${value}: expected ${rule.expected}`,
    'Correct the argument or the option.',
  );
}

/**
 * {@link requireCall} of one value, which may be absent.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function requireOption(name: string, value: unknown, rule: Rule): void {
  requireCall({ [name]: rule }, [value]);
}
