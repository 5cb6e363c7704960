import { COURSES, type Courses } from './behaviour.ts';
import type { Course } from './course.ts';
import {
  compareVersions,
  numbersOf,
  versionOf,
  type Releases,
  type Since,
  type Version,
} from './version.ts';

/** Releases that behave alike. */
export interface Band extends Since {
  /** The first of them, with all three numbers: shorter ones name the last release of a line. */
  readonly first: Version;
}

/** The releases from 1.11 on, in runs that behave alike. */
export const BANDS: readonly Band[] = bandsOf(
  Object.values(COURSES).flatMap((course) => course.map(([since]) => since)),
);

/** The releases that behave so. */
export function releasesWith<Name extends keyof Courses>(
  name: Name,
  value: Courses[Name][number][1],
): Releases {
  const course: Course<unknown> = COURSES[name];
  return course.flatMap(([since, one], index) =>
    one === value ? [{ since, before: course[index + 1]?.[0] }] : [],
  );
}

function bandsOf(starts: readonly Version[]): readonly Band[] {
  const sorted = [...new Set<Version>(['1.11', ...starts])]
    .filter((start) => compareVersions(start, '1.11') >= 0)
    .sort(compareVersions);
  return sorted.map((since, index) => ({
    since,
    before: sorted[index + 1],
    first: versionOf(numbersOf(since)),
  }));
}
