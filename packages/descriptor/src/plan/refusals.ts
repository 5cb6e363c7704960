import { valueAt, type Course } from '../releases/course.ts';
import { memberOf, PLAN_RELEASES, type ReleaseName } from '../releases/release.ts';

/** What releases exit with, or the planned one alone; `undefined`: it carries the operation out. */
export type Exits = Course<number | undefined> | number;

interface Entry {
  readonly hint: string;
  readonly exits: Exits;
}

const all = (code: number): Exits => [['1', code]];

/** No release refuses these, although data would be lost. */
const NONE: Exits = [];

/** Every refusal: what to do about it and what each release exits with. */
const catalog = {
  DESCRIPTOR_INVALID: {
    hint: 'The tool accepts no such descriptor; parseDescriptor says what is wrong.',
    exits: all(23),
  },
  DISK_DAMAGED: {
    hint: 'The snapshot graph is damaged and the operation could lose data; checkDescriptor says where.',
    exits: NONE,
  },
  REVERSE_MERGE_INTERRUPTED: {
    hint: 'Release 8 or 9 resumes the merge when that shot is deleted while the disk runs; until then the disk must not be changed.',
    exits: NONE,
  },
  ENCRYPTION_LOST: {
    hint: 'The release writes the descriptor without what is needed to decrypt the content. Releases from 7.0.42 on keep KeyId; what an engine of Parallels Desktop needs, none keeps: change such a disk with Parallels Desktop.',
    exits: NONE,
  },
  VOLUME: {
    hint: 'The disk is a volume, and the release drops its Volume element, with which the parent is lost. Use a release from 7.0.95 on.',
    exits: NONE,
  },
  VOLUME_SHARED: {
    hint: 'The volume is a snapshot, and the volumes that continue from it could not be read any more. Clone it with `ploop volume clone` and change the clone.',
    exits: NONE,
  },
  VOLUME_PARENT: {
    hint: 'The volume continues from another one, which the release would write to, or which it would lose. `ploop volume switch` returns to a snapshot volume, and `ploop volume delete` of the parent merges it into this volume.',
    exits: NONE,
  },
  NAME_MISWRITTEN: {
    hint: 'Release 1.12 writes a wrong name for an image in a directory whose name begins like that of the disk. Use another release.',
    exits: NONE,
  },
  GEOMETRY_ZERO: {
    hint: 'Releases 1.11 to 7.0.43 divide by cylinders times heads when they write the descriptor, and crash; those before 7.0.95 may. Write the geometry of the image header first.',
    exits: [
      ['1', 136],
      ['7.0.95', undefined],
    ],
  },
  OLD_FORMAT: {
    hint: 'Run `ploop convert -f expanded` first: it writes the descriptor in the present format.',
    exits: [
      ['1', 38],
      ['7.0.95', undefined],
    ],
  },
  TOP_GUID_TAKEN: {
    hint: 'Another shot has the GUID that the top must get, and releases from 7.0.95 on write it twice. Give that shot a GUID of its own.',
    exits: [
      ['1', 255],
      ['7.0.95', undefined],
    ],
  },
  GUID_INVALID: {
    hint: 'A GUID is 32 hexadecimal digits with dashes, in braces or without.',
    exits: all(38),
  },
  GUID_RESERVED: {
    hint: 'This GUID has a meaning of its own, and a snapshot with it breaks the graph. Use a random one.',
    exits: NONE,
  },
  GUID_TAKEN: {
    hint: 'There is a snapshot with this GUID, in this or another spelling. Use another one.',
    exits: all(38),
  },
  CHAIN_FULL: {
    hint: 'The chain of the top has 127 images, the most that is allowed. Merge or delete a snapshot.',
    exits: all(38),
  },
  TEMPORARY_STUCK: {
    hint: 'A temporary snapshot has several children. Delete all but one of them.',
    exits: all(1),
  },
  ALREADY_TEMPORARY: {
    hint: 'The snapshot is marked temporary and goes when all but one of its children have gone.',
    exits: all(1),
  },
  SNAPSHOT_UNKNOWN: {
    hint: 'List the snapshots to see which GUIDs there are.',
    exits: all(38),
  },
  ALREADY_ON_TOP: { hint: 'The disk is on this snapshot; give another.', exits: all(38) },
  TOP_MISSPELLED: {
    hint: 'This is the top in another spelling, with which the tool destroys the disk. Spell it as TopGUID does.',
    exits: NONE,
  },
  TARGET_IS_TEMPORARY: {
    hint: 'The snapshot is about to be merged away; switch to another.',
    exits: all(38),
  },
  BASE_IMAGE: { hint: 'A base without children is never removed.', exits: all(38) },
  PARENT_IS_TEMPORARY: {
    hint: 'The parent of the top is temporary and cannot become the top. Delete its other children first.',
    exits: all(38),
  },
  TOP_WOULD_BE_SHARED: {
    hint: 'Other shots hang on the shot that would be written to, and would change. Switch instead, which makes a new delta.',
    exits: NONE,
  },
  NO_PARENT: { hint: 'A base has no parent to be merged into.', exits: all(38) },
  PARENT_IS_SHARED: {
    hint: 'A shot that would be merged away has other children. Delete those first.',
    exits: all(38),
  },
  NOT_AN_ANCESTOR: {
    hint: 'Give as ancestor a snapshot on the way from `guid` to the base.',
    exits: all(38),
  },
  ANCESTOR_MISSPELLED: {
    hint: 'The tool misses an ancestor in another spelling and merges down to the base. Spell it as the descriptor does everywhere.',
    exits: NONE,
  },
  RANGE_UNSUPPORTED: {
    hint: 'Only releases 1.14 and 1.15 merge a range; merge one snapshot after the other.',
    exits: [
      ['1', 38],
      ['1.14', undefined],
      ['7', 38],
    ],
  },
  MERGE_ALL_BRANCHED: {
    hint: 'Release 9 would merge side branches along and lose snapshots. Delete the side branches, or merge one by one.',
    exits: NONE,
  },
  NEW_FILE_UNSUPPORTED: {
    hint: 'Releases 1.14 and 1.15 merge a range or all into a new file and crash on a single merge, 7 does a single one alone, others fail, and those from 9.0.4 on drop snapshots when they fail to merge all. Merge without a new file.',
    exits: NONE,
  },
  IMAGE_UNKNOWN: {
    hint: 'No image has this file. Give the absolute name, spelled as in the descriptor.',
    exits: all(38),
  },
  FILE_TAKEN: {
    hint: 'The new file belongs to another image of the disk: changes to one would destroy the other.',
    exits: NONE,
  },
  RAW_BASE: {
    hint: 'The tool looks for the header of an image, and the base of a raw disk has none: no copy takes its place, and nothing is merged with it into a new file.',
    exits: NONE,
  },
  RAW_BASE_MERGE: {
    hint: 'Releases 8 and 9 cannot merge into the bare disk at the base of a raw one. They leave the snapshot marked temporary, and the next snapshot drops data. Use release 1.15 or 7 for this disk, or export what it holds into a new one.',
    exits: [
      ['1', undefined],
      ['8', 11],
    ],
  },
  RAW_DELTA_MERGE: {
    hint: 'Release 1.11 takes a delta of a raw disk for a raw image when it merges into it: it overwrites other data there and exits with 0. Use release 1.12.2 or later; 1.12 and 1.12.1 were not tried.',
    exits: NONE,
  },
  MERGE_FAILS: {
    hint: 'Releases 8.0.14 to 8.0.24 fail to merge on delete and leave the snapshot marked temporary. Use another release.',
    exits: [
      ['1', undefined],
      ['8.0.14', 4],
      ['8.0.25', undefined],
    ],
  },
  MERGE_IGNORED: {
    hint: 'Releases 8 before 8.0.25 exit with 0 and merge nothing. Use another release.',
    exits: NONE,
  },
  MERGE_ALL_PARTIAL: {
    hint: 'Releases 8.0.25 to 9.0.3 merge one level and exit with 0. Merge one snapshot after the other.',
    exits: NONE,
  },
  TEMPORARY_UNMERGEABLE: {
    hint: 'A temporary snapshot cannot be merged, and the release drops its data. Use release 1.15 or 7 for this disk, or export what it holds.',
    exits: NONE,
  },
  CHILDREN_SEVERAL: {
    hint: 'Release 1.11 deletes no snapshot with several children. Delete all but one of them.',
    exits: [
      ['1', 38],
      ['1.12', undefined],
    ],
  },
  SIZE_UNALIGNED: {
    hint: 'The size of the disk is not a whole number of clusters, for which releases 8 and 9 make no delta. Resize the disk to whole clusters first.',
    exits: [
      ['1', undefined],
      ['8', 1],
    ],
  },
  OFFLINE_UNSUPPORTED: {
    hint: 'This release replaces images of mounted disks only.',
    exits: [
      ['1', 38],
      ['1.13', undefined],
      ['9.0.8', 38],
    ],
  },
} as const satisfies Record<string, Entry>;

/** Why an operation is refused: a closed set. */
export type PlanRefusalCode = keyof typeof catalog;

/** Why an operation is refused, by the tool or, if it has no exit code for it, by the plan alone. */
export interface PlanRefusal {
  readonly code: PlanRefusalCode;
  /** What to do about it. */
  readonly hint: string;
  /**
   * What the release of the plan exits with, 128 and more for a signal as shells say it; `undefined` if it carries the
   * operation out, losing data, or if its exit code is not known.
   */
  readonly exitCode: number | undefined;
  /** The same by name, with the last release of each family if its exit code is known, too. */
  readonly exitCodes: Readonly<Partial<Record<ReleaseName, number>>>;
}

/** A refusal while a plan is made. */
export interface Refusing {
  readonly code: PlanRefusalCode;
  readonly exits: Exits;
}

/** A refusal; `exits` if an operation has others than the rest. */
export function planRefusal(code: PlanRefusalCode, exits: Exits = catalog[code].exits): Refusing {
  return { code, exits };
}

/** Whether a temporary snapshot stays because the release fails to merge it. */
export function isUnmergeable({ code }: Refusing): boolean {
  return code === 'RAW_BASE_MERGE' || code === 'MERGE_FAILS';
}

/** A refusal as a plan for a release states it. */
export function statedRefusal({ code, exits }: Refusing, release: ReleaseName): PlanRefusal {
  const exitOf = (name: ReleaseName): number | undefined =>
    typeof exits === 'number' ? exits : valueAt(exits, memberOf(name));
  const names = typeof exits === 'number' ? [release] : [...PLAN_RELEASES, release];
  const exitCodes = names.flatMap((name) => {
    const exit = exitOf(name);
    return exit === undefined ? [] : [[name, exit] as const];
  });
  return {
    code,
    hint: catalog[code].hint,
    exitCode: exitOf(release),
    exitCodes: Object.fromEntries(exitCodes),
  };
}
