import { shown } from '@ploop/descriptor/arguments';

import { RefusedError } from '../errors/errors.ts';

/**
 * One of the texts of a closed set: callers without a compiler may give anything.
 *
 * @throws RefusedError `CHOICE_INVALID`
 */
export function choice<Value extends string>(value: Value, known: readonly Value[]): Value {
  if (!known.includes(value))
    throw new RefusedError('CHOICE_INVALID', `${shown(value)} is not one of ${known.join(', ')}`);
  return value;
}

/** {@link choice} of what may be absent. */
export function optionalChoice<Value extends string>(
  value: Value | undefined,
  known: readonly Value[],
): Value | undefined {
  return value === undefined ? undefined : choice(value, known);
}
