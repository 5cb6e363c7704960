import { compareVersions, type Version } from './version.ts';

/** The families of releases that differ in what they accept and do. 8 behaves as 9 unless said otherwise. */
export const RELEASES = ['1.12', '1.15', '7', '8', '9'] as const;

/** A family of releases of the tool. */
export type Release = (typeof RELEASES)[number];

/** The families whose exit codes a plan lists. */
export const PLAN_RELEASES = ['1.12', '1.15', '7', '9'] as const;

/** A family by which exit codes of a plan are listed. */
export type PlanRelease = (typeof PLAN_RELEASES)[number];

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

/** Whether a release is of the generation that knows volumes and encryption and writes names relative to the disk. */
export function isModern(release: Release): boolean {
  return release === '7' || release === '8' || release === '9';
}

/** The release whose verdict is asked for where the caller names none: Debian's and Ubuntu's. */
export const DEFAULT_RELEASE: Release = '1.15';

/** The last known release of each line and of those of 1.x that have several. */
const LAST: Readonly<Record<string, Version>> = {
  '1.12': '1.12.2',
  '1.13': '1.13.2',
  '1.14': '1.14.1',
  '7': '7.0.280',
  '7.0': '7.0.280',
  '8': '8.0.99',
  '8.0': '8.0.99',
  '9': '9.0.30',
  '9.0': '9.0.30',
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
