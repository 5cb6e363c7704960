import { isOneOf, type Releases, type Version } from '@ploop/descriptor/releases';

/**
 * What releases do beside what is in the plans, measured on recordings. Where a change lies between two recorded
 * releases, it is taken to be in the later one.
 */
const FACTS = {
  /** They make new images as long as the whole disk, without data. */
  makesFullImages: [{ since: '8', before: '8.0.59' }],
  /** Their lock is a file beside the descriptor, which stays. */
  leavesLockFile: [{ since: '1', before: '8.0.59' }],
  /** A disk that is not mounted can be made larger. */
  growsOffline: [{ since: '1', before: '7.0.159' }],
  /** `grow` writes the new size to the descriptor as well. */
  storesGrown: [{ since: '1.13' }],
  /** The line of the source that says that there is no descriptor: 288, later 319. */
  saysLine319: [{ since: '7.0.32' }],
  /** The line of the source that says that what is mounted is missing: 1610, later 1731. */
  saysLine1731: [{ since: '1.12.2' }],
  /** A missing descriptor has the exit code of a file that cannot be opened; the last say nothing. */
  opensMissing: [{ since: '8.0.71' }],
  missesSilently: [{ since: '8.0.86' }],
  /** `cbt show` opens a descriptor that it is not given. */
  opensNull: [{ since: '7.0.87', before: '8.0.11' }],
  /** A descriptor that is in the way has an exit code of its own. */
  saysExists: [{ since: '8.0.98' }],
} as const satisfies Readonly<Record<string, Releases>>;

/** Whether a fact holds for a release. */
export function holds(fact: keyof typeof FACTS, release: Version): boolean {
  return isOneOf(release, FACTS[fact]);
}
