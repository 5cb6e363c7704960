import type { PlanRelease } from '../release.ts';

type ExitCodes = Readonly<Partial<Record<PlanRelease, number>>>;

interface Entry {
  readonly hint: string;
  readonly exitCodes: ExitCodes;
}

const all = (code: number): ExitCodes => ({ '1.12': code, '1.15': code, '7': code, '9': code });

/** No release refuses these, although data would be lost. */
const NONE: ExitCodes = {};

/** Every refusal: what to do about it and what each release exits with. */
const catalog = {
  DESCRIPTOR_INVALID: {
    hint: 'The tool accepts no such descriptor; parseDescriptor says what is wrong.',
    exitCodes: all(23),
  },
  DISK_DAMAGED: {
    hint: 'The snapshot graph is damaged and the operation could lose data; checkDescriptor says where.',
    exitCodes: NONE,
  },
  REVERSE_MERGE_INTERRUPTED: {
    hint: 'Release 8 or 9 resumes the merge when that shot is deleted while the disk runs; until then the disk must not be changed.',
    exitCodes: NONE,
  },
  ENCRYPTION_LOST: {
    hint: 'The release writes the descriptor without what is needed to decrypt the content. Releases 7 and later keep KeyId; what an engine of Parallels Desktop needs, none keeps: change such a disk with Parallels Desktop.',
    exitCodes: NONE,
  },
  VOLUME: {
    hint: 'The disk is a volume, whose chain goes on in another directory. Change it with ploop-volume.',
    exitCodes: NONE,
  },
  NAME_MISWRITTEN: {
    hint: 'Release 1.12 writes a wrong name for an image in a directory whose name begins like that of the disk. Use another release.',
    exitCodes: NONE,
  },
  GEOMETRY_ZERO: {
    hint: 'Releases up to 1.15 divide by cylinders times heads when they write, and crash. Write the geometry of the image header first.',
    exitCodes: { '1.12': 136, '1.15': 136 },
  },
  OLD_FORMAT: {
    hint: 'Run `ploop convert -f expanded` first: it writes the descriptor in the present format.',
    exitCodes: { '1.12': 38, '1.15': 38 },
  },
  TOP_GUID_TAKEN: {
    hint: 'Another shot has the GUID that the top must get. Give that shot a GUID of its own.',
    exitCodes: all(255),
  },
  GUID_INVALID: {
    hint: 'A GUID is 32 hexadecimal digits with dashes, in braces or without.',
    exitCodes: all(38),
  },
  GUID_RESERVED: {
    hint: 'This GUID has a meaning of its own, and a snapshot with it breaks the graph. Use a random one.',
    exitCodes: NONE,
  },
  GUID_TAKEN: {
    hint: 'There is a snapshot with this GUID, in this or another spelling. Use another one.',
    exitCodes: all(38),
  },
  CHAIN_FULL: {
    hint: 'The chain of the top has 127 images, the most that is allowed. Merge or delete a snapshot.',
    exitCodes: all(38),
  },
  TEMPORARY_STUCK: {
    hint: 'A temporary snapshot has several children. Delete all but one of them.',
    exitCodes: { '1.12': 1, '1.15': 1 },
  },
  ALREADY_TEMPORARY: {
    hint: 'The snapshot is marked temporary and goes when all but one of its children have gone.',
    exitCodes: all(1),
  },
  SNAPSHOT_UNKNOWN: {
    hint: 'List the snapshots to see which GUIDs there are.',
    exitCodes: all(38),
  },
  ALREADY_ON_TOP: { hint: 'The disk is on this snapshot; give another.', exitCodes: all(38) },
  TOP_MISSPELLED: {
    hint: 'This is the top in another spelling, with which the tool destroys the disk. Spell it as TopGUID does.',
    exitCodes: NONE,
  },
  TARGET_IS_TEMPORARY: {
    hint: 'The snapshot is about to be merged away; switch to another.',
    exitCodes: all(38),
  },
  BASE_IMAGE: { hint: 'A base without children is never removed.', exitCodes: all(38) },
  PARENT_IS_TEMPORARY: {
    hint: 'The parent of the top is temporary and cannot become the top. Delete its other children first.',
    exitCodes: all(38),
  },
  TOP_WOULD_BE_SHARED: {
    hint: 'Other shots hang on the shot that would be written to, and would change. Switch instead, which makes a new delta.',
    exitCodes: NONE,
  },
  NO_PARENT: { hint: 'A base has no parent to be merged into.', exitCodes: all(38) },
  PARENT_IS_SHARED: {
    hint: 'A shot that would be merged away has other children. Delete those first.',
    exitCodes: all(38),
  },
  NOT_AN_ANCESTOR: {
    hint: 'Give as ancestor a snapshot on the way from `guid` to the base.',
    exitCodes: all(38),
  },
  ANCESTOR_MISSPELLED: {
    hint: 'The tool misses an ancestor in another spelling and merges down to the base. Spell it as the descriptor does everywhere.',
    exitCodes: NONE,
  },
  RANGE_UNSUPPORTED: {
    hint: 'Only releases 1.14 and 1.15 merge a range; merge one snapshot after the other.',
    exitCodes: { '1.12': 38, '7': 38, '9': 38 },
  },
  MERGE_ALL_BRANCHED: {
    hint: 'Release 9 would merge side branches along and lose snapshots. Delete the side branches, or merge one by one.',
    exitCodes: NONE,
  },
  NEW_FILE_UNSUPPORTED: {
    hint: 'Releases 1.14 and 1.15 merge a range or all into a new file and crash on a single merge, 7 does a single one alone, others fail. Merge without a new file.',
    exitCodes: { '1.12': 38, '1.15': 139, '9': 4 },
  },
  IMAGE_UNKNOWN: {
    hint: 'No image has this file. Give the absolute name, spelled as in the descriptor.',
    exitCodes: all(38),
  },
  FILE_TAKEN: {
    hint: 'The new file belongs to another image of the disk: changes to one would destroy the other.',
    exitCodes: NONE,
  },
  RAW_BASE: {
    hint: 'The tool looks for the header of an image, and the base of a raw disk has none: no copy takes its place, and nothing is merged with it into a new file.',
    exitCodes: NONE,
  },
  OFFLINE_UNSUPPORTED: {
    hint: 'This release replaces images of mounted disks only.',
    exitCodes: { '9': 38 },
  },
} as const satisfies Record<string, Entry>;

/** Why an operation is refused: a closed set. */
export type PlanRefusalCode = keyof typeof catalog;

/** Why an operation is refused, by the tool or, where no release has an exit code for it, by the plan alone. */
export interface PlanRefusal {
  readonly code: PlanRefusalCode;
  /** What to do about it. */
  readonly hint: string;
  /**
   * What each release exits with, 128 and more for a signal as shells say it. Absent: a release that carries the operation out, losing data where no release is
   * listed, or whose exit code is not known.
   */
  readonly exitCodes: ExitCodes;
}

/** A refusal; `exitCodes` where an operation has others than the rest. */
export function planRefusal(
  code: PlanRefusalCode,
  exitCodes: ExitCodes = catalog[code].exitCodes,
): PlanRefusal {
  return { code, hint: catalog[code].hint, exitCodes };
}
