import {
  compareVersions as compare,
  type Releases,
  type Since,
  type Version,
} from '@ploop/descriptor/releases';

import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';

/** Which release a tool is, as far as that is known: one of those from `from` up to and with `to`. */
export interface Release {
  readonly from: Version;
  /** `undefined`: any later one. */
  readonly to?: Version | undefined;
}

/** Orders releases by number: negative if `one` is earlier. */
export function compareVersions(one: Version, other: Version): number {
  requireCall(FUNCTIONS.compareVersions, [one, other]);
  return compare(one, other);
}

/** Whether a tool of that release has what these releases have; `maybe` where too little is known of it. */
export function availability(
  release: Release | undefined,
  releases: Releases,
): 'yes' | 'no' | 'maybe' {
  requireCall(FUNCTIONS.availability, [release, releases]);
  if (release === undefined) return 'maybe';
  const { from, to } = release;
  const isIn = ({ since, before }: Since): boolean =>
    compare(from, since) >= 0 &&
    (before === undefined || (to !== undefined && compare(to, before) < 0));
  const meets = ({ since, before }: Since): boolean =>
    (to === undefined || compare(to, since) >= 0) &&
    (before === undefined || compare(from, before) < 0);
  if (releases.some(isIn)) return 'yes';
  return releases.some(meets) ? 'maybe' : 'no';
}

/** `7.0.88 to 7, 8.0.15 and later`, for people. */
export function describeReleases(releases: Releases): string {
  return releases
    .map(({ since, before }) =>
      before === undefined ? `${since} and later` : `${since} to before ${before}`,
    )
    .join(', ');
}

/** `1.15`, `7.0.88 to 7.0.120`, `9.0.25 or later`, for people. */
export function describeRelease({ from, to }: Release): string {
  if (to === undefined) return `${from} or later`;
  return from === to ? from : `${from} to ${to.replace(/\.999(\.999)?$/, '.x')}`;
}

/** The first release that can be driven: earlier ones have no global `-v`. */
const FIRST: Version = '1.11';

/** Whether a tool is too old to be driven. */
export function isTooOld({ to }: Release): boolean {
  return to !== undefined && compare(to, FIRST) < 0;
}
