import { aFlag } from '@ploop/descriptor/arguments';

import { requireOption } from '../arguments/require.ts';

/** `-x value`, or nothing where there is no value. */
export function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/**
 * `-x` where it is asked for.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function flag(name: string, isSet: boolean | undefined): readonly string[] {
  return isOn(name, isSet) ? [name] : [];
}

/**
 * Whether an option is set that is true or false: a text such as `'no'` is neither.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function isOn(name: string, value: boolean | undefined): boolean {
  requireOption(name, value, aFlag);
  return value === true;
}
