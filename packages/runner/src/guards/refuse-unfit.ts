import { releasesWith } from '@ploop/descriptor/releases';

import { RefusedError } from '../errors/errors.ts';
import { availability, describeRelease, type Release } from '../release/release.ts';

/** What some releases get wrong whatever the disk: they do nothing and exit with 0, or fail and leave a mark. */
const UNFIT = {
  merge: {
    releases: releasesWith('merges', false),
    fault: 'merges nothing and exits with 0',
    hint: 'Delete the lower snapshot instead, or use another release.',
  },
  'merge of all': {
    releases: releasesWith('mergeAll', 'one level'),
    fault: 'merges one level and exits with 0',
    hint: 'Merge one snapshot after the other.',
  },
  'merge of all into a file': {
    releases: releasesWith('mergesAllInto', 'one level'),
    fault: 'merges one level into the new file, and fails then',
    hint: 'Merge one snapshot after the other.',
  },
  'delete that merges': {
    releases: releasesWith('mergesOnDelete', false),
    fault: 'cannot merge, and leaves the snapshot marked temporary, which later calls lose',
    hint: 'Use another release.',
  },
  'merge into a raw base': {
    releases: releasesWith('mergesIntoRawBase', false),
    fault: 'cannot merge into a raw base, and leaves a volume that cannot be read',
    hint: 'Delete the volume with a release 7, or keep it.',
  },
  'volume snapshot': {
    releases: releasesWith('snapshotsVolumes', false),
    fault: 'looks for the image of a volume in a wrong directory, and takes no snapshot',
    hint: 'Use another release.',
  },
} as const;

/**
 * Refuses what a known release gets wrong.
 *
 * @throws RefusedError `RELEASE_UNFIT`
 */
export function refuseUnfit(release: Release | undefined, operation: keyof typeof UNFIT): void {
  if (release === undefined || !isUnfit(release, operation)) return;
  const { fault, hint } = UNFIT[operation];
  throw new RefusedError('RELEASE_UNFIT', `release ${describeRelease(release)} ${fault}`, hint);
}

/** Whether a known release can be one that gets it wrong. */
function isUnfit(release: Release | undefined, operation: keyof typeof UNFIT): boolean {
  return release !== undefined && availability(release, UNFIT[operation].releases) !== 'no';
}
