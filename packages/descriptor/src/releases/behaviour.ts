import { valueAt, type Course } from './course.ts';
import type { Version } from './version.ts';

/** What releases do to a descriptor, measured on 66 builds. Facts without a row are the same in all of them. */
export const COURSES = {
  /** The root element that they write. */
  root: [
    ['1', 'Parallels_disk_image'],
    ['7.0.198', 'Virtuozzo_disk_image'],
    ['8', 'Parallels_disk_image'],
    ['8.0.14', 'Virtuozzo_disk_image'],
  ],
  keepsMaxDeltaSize: [
    ['1', false],
    ['1.13', true],
  ],
  keepsKeyId: [
    ['1', false],
    ['7.0.32', true],
  ],
  /** They read and keep `Volume`. */
  keepsVolume: [
    ['1', false],
    ['7.0.95', true],
  ],
  /** They divide by cylinders times heads when they write. Measured up to 7.0.43 and from 7.0.95 on. */
  crashesOnZeroGeometry: [
    ['1', true],
    ['7.0.95', false],
  ],
  /** They give the top the constant GUID whatever they store; 7.0.95 does where it makes a new top. */
  convertsTop: [
    ['1', true],
    ['7.0.95', false],
    ['7.0.104', true],
  ],
  /** They make no delta for a disk whose size is not a whole number of clusters. */
  needsWholeClusters: [
    ['1', false],
    ['8', true],
  ],
  /** They write every name relative to the disk, whatever it was. */
  writesRelativeNames: [
    ['1', false],
    ['7', true],
  ],
  /** They cut the directory off a name that only begins like it. */
  cutsNamesBeside: [
    ['1', true],
    ['1.13', false],
  ],
  /** Where the result of a merge stands in the lists: as the lower one with the GUID as given, or as the upper one. */
  placeOfMerged: [
    ['1', 'lower'],
    ['8', 'upper'],
  ],
  /** They mark the lower shot before they merge, and leave the mark if that fails. */
  marksBeforeMerge: [
    ['1', false],
    ['7.0.165', true],
  ],
  /** A new delta is named after the first image without the GUID in its name. */
  dropsGuidOfName: [
    ['1', false],
    ['8', true],
  ],
  /** `snapshot` merges temporary snapshots before it looks at anything else. */
  mergesTemporariesFirst: [
    ['1', false],
    ['7', true],
    ['8', false],
    ['8.0.15', true],
    ['8.0.59', false],
  ],
  /** `snapshot` goes on if a temporary one cannot be merged away: on mounted disks alone, or always. */
  passesStuck: [
    ['1', 'always'],
    ['1.12', 'never'],
    ['1.15', 'mounted'],
    ['7', 'never'],
    ['7.0.198', 'always'],
    ['8', 'never'],
    ['8.0.15', 'always'],
  ],
  /** `snapshot-delete` merges temporary snapshots along. */
  mergesTemporariesOnDelete: [
    ['1', false],
    ['1.12', true],
  ],
  /** `snapshot-delete` marks a snapshot with several children. */
  marksBranched: [
    ['1', false],
    ['1.12', true],
  ],
  /** A delete or a temporary snapshot that needs a merge: it is done, or fails and leaves a mark. */
  mergesOnDelete: [
    ['1', true],
    ['8.0.14', false],
    ['8.0.25', true],
  ],
  /** A delta of a raw disk is merged into as an image. 1.11 writes clusters where a raw image has them; 1.12 was not tried. */
  mergesDeltasOfRaw: [
    ['1', false],
    ['1.12.2', true],
  ],
  /** A snapshot can be merged into the bare disk at the base of a raw one. */
  mergesIntoRawBase: [
    ['1', true],
    ['8', false],
  ],
  /** A delete that fails over such a merge leaves the snapshot marked temporary. */
  marksFailedMerge: [
    ['1', false],
    ['8.0.11', true],
  ],
  /** What `snapshot` does if a temporary snapshot cannot be merged for these reasons; 'loses': drops it from the descriptor. */
  unmergeable: [
    ['1', 'fails'],
    ['8.0.15', 'loses'],
  ],
  /** They change a disk whose top has another GUID than the constant. */
  changesOldFormat: [
    ['1', false],
    ['7.0.95', true],
  ],
  /** `replace` works on a disk that is not mounted. */
  replacesOffline: [
    ['1', false],
    ['1.13', true],
    ['9.0.8', false],
  ],
  /** `snapshot-merge -U`. */
  mergesRanges: [
    ['1', false],
    ['1.14', true],
    ['7', false],
  ],
  /** What becomes of a single merge into a new file. */
  mergesOneInto: [
    ['1', 'unknown'],
    ['1.13', 'done'],
    ['1.13.1', 'crash'],
    ['7', 'done'],
    ['8', 'nothing'],
    ['8.0.25', 'failure'],
  ],
  /** What becomes of `-A` or `-U` into a new file. */
  mergesAllInto: [
    ['1', 'unknown'],
    ['1.13', 'done'],
    ['7', 'one level'],
    ['8', 'nothing'],
    ['8.0.25', 'failure'],
  ],
  /** What `snapshot-merge -A` merges. */
  mergeAll: [
    ['1', 'one by one'],
    ['1.13', 'at once'],
    ['7', 'one by one'],
    ['8', 'nothing'],
    ['8.0.25', 'one level'],
    ['9.0.4', 'one by one'],
  ],
  /** `snapshot-merge` does something. */
  merges: [
    ['1', true],
    ['8', false],
    ['8.0.25', true],
  ],
  /** `volume snapshot` finds the image of the volume. */
  snapshotsVolumes: [
    ['1', false],
    ['7.0.95', true],
    ['8', false],
    ['8.0.98', true],
  ],
  /** `-A` merges side branches along, and goes on after a failed merge as if it was done. */
  mergesBranchesAlong: [
    ['1', false],
    ['9.0.4', true],
  ],
} as const satisfies Readonly<Record<string, Course<unknown>>>;

/** All of them. */
export type Courses = typeof COURSES;
type Facts = {
  readonly [Name in keyof Courses]: Courses[Name][number][1];
};

/** How one release behaves. */
export interface Behaviour extends Facts {
  readonly version: Version;
}

/** How a release behaves. */
export function behaviourOf(version: Version): Behaviour {
  const facts = Object.entries<Course<unknown>>(COURSES).map(
    ([name, course]) => [name, valueAt(course, version)] as const,
  );
  return { ...(Object.fromEntries(facts) as unknown as Facts), version };
}
