/** The families of releases that differ in what they accept and do. 8 behaves as 9 unless said otherwise. */
export const RELEASES = ['1.12', '1.15', '7', '8', '9'] as const;

/** A family of releases of the tool. */
export type Release = (typeof RELEASES)[number];

/** The families whose operations can be planned; 8 is planned as 9. */
export type PlanRelease = Exclude<Release, '8'>;

/** A family, or one of its releases as packages name them: `7.0.280`, `9.0.30`. */
export type ReleaseName = Numbered | `${Numbered}.${string}`;
type Numbered = Release | '1.13' | '1.14';

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
