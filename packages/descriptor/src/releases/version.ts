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
  const left = one.split('.').map(Number);
  const right = other.split('.').map(Number);
  const differences = [0, 1, 2].map((index) => (left[index] ?? 0) - (right[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Whether a release is one of some. */
export function isOneOf(version: Version, releases: Releases): boolean {
  return releases.some(
    ({ since, before }) =>
      compareVersions(version, since) >= 0 &&
      (before === undefined || compareVersions(version, before) < 0),
  );
}
