import { aNumber, isRecord, options, type Rule } from '@ploop/descriptor/arguments';

import { requireOption } from '../arguments/require.ts';

const aList: Rule = { expected: 'a list of paths', fits: Array.isArray };
const RAW = options({ clusterSize: aNumber });

/**
 * A list of paths, which are checked one by one where they become arguments.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function list(name: string, value: readonly string[]): readonly string[] {
  requireOption(name, value, { ...aList, isNeeded: true });
  return value;
}

/**
 * What is said of a raw image, or nothing if it is not raw.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function rawOf<Raw extends object>(value: Raw | undefined): Raw | undefined {
  requireOption('raw', value, RAW);
  return value;
}

/** The key of a disk. */
export const aKey: Rule = {
  expected: "'none', or an object with id",
  fits: (value) => value === 'none' || (isRecord(value) && typeof value['id'] === 'string'),
  isNeeded: true,
};

/** The counters of a device. */
export const someCounters: Rule = {
  expected: "'zero', or an object of bigints",
  fits: (value) =>
    value === 'zero' ||
    (isRecord(value) && Object.values(value).every((one) => typeof one === 'bigint')),
};
