import { compareVersions, type Version } from './version.ts';

/**
 * A value from a release on, until the next row says otherwise; rows are in order. Lines do not inherit from each other:
 * what a release 7 got late begins anew with 8.
 */
export type Course<Value> = readonly (readonly [Version, Value])[];

/** The value that a release has. */
export function valueAt<Value>(course: Course<Value>, version: Version): Value | undefined {
  return course.findLast(([since]) => compareVersions(version, since) >= 0)?.[1];
}
