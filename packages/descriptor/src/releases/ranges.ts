import { compareVersions, type Releases, type Since, type Version } from './version.ts';

/** The releases that are in both. */
export function commonReleases(some: Releases, others: Releases): Releases {
  return some.flatMap((one) => others.flatMap((other) => overlap(one, other)));
}

/** The releases of `some` that are not in `others`, whose runs are in order. */
export function otherReleases(some: Releases, others: Releases): Releases {
  const starts: readonly (Version | undefined)[] = ['0', ...others.map(({ before }) => before)];
  const gaps = starts.flatMap((since, index) => {
    const before = others[index]?.since;
    return since === undefined ? [] : [{ since, ...(before !== undefined && { before }) }];
  });
  return commonReleases(some, gaps);
}

function overlap(one: Since, other: Since): Releases {
  const since = compareVersions(one.since, other.since) >= 0 ? one.since : other.since;
  const before = earlier(one.before, other.before);
  if (before === undefined) return [{ since }];
  return compareVersions(since, before) < 0 ? [{ since, before }] : [];
}

function earlier(one: Version | undefined, other: Version | undefined): Version | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareVersions(one, other) <= 0 ? one : other;
}
