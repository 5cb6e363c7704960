import { FUNCTIONS } from './arguments/functions.ts';
import { requireCall } from './arguments/require.ts';

/** A release's number: `1.15`, `7.0.280`; `8` is the first of the line. */
export type Version = `${number}` | `${number}.${number}` | `${number}.${number}.${number}`;

/** Which release a tool is, as far as that is known: one of those from `from` up to and with `to`. */
export interface Release {
  readonly from: Version;
  /** `undefined`: any later one. */
  readonly to?: Version | undefined;
}

/** A run of releases: `since` and later, up to the last one before `before`. */
export interface Since {
  readonly since: Version;
  readonly before?: Version | undefined;
}

/** The releases that have something, each line of them on its own. */
export type Releases = readonly Since[];

/** Orders releases as they came: negative where `one` is earlier. */
export function compareVersions(one: Version, other: Version): number {
  requireCall(FUNCTIONS.compareVersions, [one, other]);
  return compare(one, other);
}

function compare(one: Version, other: Version): number {
  const left = one.split('.').map(Number);
  const right = other.split('.').map(Number);
  const differences = [0, 1, 2].map((index) => (left[index] ?? 0) - (right[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
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
  return from === to ? from : `${from} to ${to}`;
}
