import { compareVersions, type Version } from './version.ts';

interface Family {
  readonly name: string;
  /** The last release of it that is known. */
  readonly last: Version;
  /** Whether it knows volumes and encryption, and writes names relative to the disk. */
  readonly isModern: boolean;
  /** Whether plans list its exit codes. */
  readonly inPlans: boolean;
}

/** The families of releases that differ in what they accept and do. 8 behaves as 9 unless said otherwise. */
const FAMILIES = [
  { name: '1.12', last: '1.12.2', isModern: false, inPlans: true },
  { name: '1.15', last: '1.15', isModern: false, inPlans: true },
  { name: '7', last: '7.0.280', isModern: true, inPlans: true },
  { name: '8', last: '8.0.99', isModern: true, inPlans: false },
  { name: '9', last: '9.0.30', isModern: true, inPlans: true },
] as const satisfies readonly Family[];

/** A family of releases of the tool. */
export type Release = (typeof FAMILIES)[number]['name'];

/** A family by which exit codes of a plan are listed. */
export type PlanRelease = Extract<(typeof FAMILIES)[number], { readonly inPlans: true }>['name'];

/** The families, the earliest first. */
export const RELEASES: readonly Release[] = FAMILIES.map(({ name }) => name);

/** The families whose exit codes a plan lists. */
export const PLAN_RELEASES: readonly PlanRelease[] = FAMILIES.filter(
  (family) => family.inPlans,
).map(({ name }) => name);

/** A line or family of releases, or one of them as packages name it: `9`, `7.0.280`. */
export type ReleaseName = Version;

/** The family that a release belongs to, or `undefined`: releases 1.13 and 1.14 are as 1.15. */
export function parseRelease(text: string): Release | undefined {
  if (typeof text !== 'string') return undefined;
  const [major = '', minor = ''] = text.split('.');
  if (!/^\d+(\.\d+)*$/.test(text)) return undefined;
  if (major === '1') return Number(minor) < 13 ? '1.12' : '1.15';
  return RELEASES.find((release) => release === major);
}

const MODERN: ReadonlySet<Release> = new Set(
  FAMILIES.filter((family) => family.isModern).map(({ name }) => name),
);

/** Whether a release is of the generation that knows volumes and encryption and writes names relative to the disk. */
export function isModern(release: Release): boolean {
  return MODERN.has(release);
}

/** The release whose verdict is asked for where the caller names none: Debian's and Ubuntu's. */
export const DEFAULT_RELEASE: Release = '1.15';

/** The last known release of each line, by the names of the line. */
const LAST: Readonly<Record<string, Version>> = {
  '1.13': '1.13.2',
  '1.14': '1.14.1',
  ...Object.fromEntries(
    FAMILIES.flatMap(({ name, last }) =>
      (name.includes('.') ? [name] : [name, `${name}.0`]).map((line) => [line, last]),
    ),
  ),
};

/** The release that a name stands for: for a line or a family, its last known one. */
export function memberOf(name: ReleaseName): Version {
  return LAST[name] ?? name;
}

/** Whether a text names a release that can be planned for: 1.11 and later. */
export function isReleaseName(text: unknown): boolean {
  if (typeof text !== 'string' || !/^\d+(?:\.\d+){0,2}$/.test(text)) return false;
  const version = memberOf(text as ReleaseName);
  return parseRelease(text) !== undefined && compareVersions(version, '1.11') >= 0;
}
