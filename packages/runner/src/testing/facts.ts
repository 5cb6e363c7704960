import { isOneOf, type Releases, type Version } from '@ploop/descriptor/releases';

import { FILE_LOCK } from '../lock/hold-lock.ts';
import { PRINTED } from '../release/printed.ts';

/**
 * What releases do that no plan states, measured on recordings. Where a change lies between two recorded
 * releases, it is taken to be in the later one.
 */
const FACTS = {
  ...PRINTED,
  /** They make new images as long as the whole disk, without data. */
  makesFullImages: [{ since: '8', before: '8.0.59' }],
  /** Their lock is a file beside the descriptor, which stays. */
  leavesLockFile: FILE_LOCK,
  /** A disk that is not mounted can be made larger. */
  growsOffline: [{ since: '1', before: '7.0.159' }],
  /** `grow` writes the new size to the descriptor as well. */
  storesGrown: [{ since: '1.13' }],
  /** A descriptor that is in the way has an exit code of its own. */
  saysExists: [{ since: '8.0.98' }],
} as const satisfies Readonly<Record<string, Releases>>;

/** Whether a fact holds for a release. */
export function holds(fact: keyof typeof FACTS, release: Version): boolean {
  return isOneOf(release, FACTS[fact]);
}
