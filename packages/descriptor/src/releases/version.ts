/** A release's number: `1.15`, `7.0.280`; `8` is the first of its line. */
export type Version = `${number}` | `${number}.${number}` | `${number}.${number}.${number}`;

/** A run of releases: `since` and later, up to the last one before `before`. */
export interface Since {
  readonly since: Version;
  /** `undefined`: all later ones. */
  readonly before?: Version | undefined;
}

/** Releases as runs of them, in their order. */
export type Releases = readonly Since[];

/** Orders releases by number: negative if `one` is earlier. */
export function compareVersions(one: Version, other: Version): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

type Numbers = readonly [major: number, minor: number, patch: number];

/** All three numbers of a release; those that its name leaves out are 0. */
export function numbersOf(version: Version): Numbers {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
}

/** The release that has these numbers. */
export function versionOf(numbers: Numbers): Version {
  return numbers.join('.') as Version;
}

/** Whether a release is one of some. */
export function isOneOf(version: Version, releases: Releases): boolean {
  return releases.some(
    ({ since, before }) =>
      compareVersions(version, since) >= 0 &&
      (before === undefined || compareVersions(version, before) < 0),
  );
}
