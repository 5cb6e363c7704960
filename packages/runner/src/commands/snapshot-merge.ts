import { sameGuid, type Guid } from '@ploop/descriptor';
import type { Releases } from '@ploop/descriptor/releases';

import { guidText, optionalGuid } from '../argv/guids.ts';
import { flag, isOn, option } from '../argv/options.ts';
import { descriptorPath, imagePath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { snapshotMerged } from '../effect/snapshots.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseExisting } from '../guards/guards.ts';
import { refuseUnfit } from '../guards/refuse-unfit.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseNamed } from './shared/in-use.ts';
import { snapshotList, type SnapshotListRow } from './snapshot-list.ts';

/** Input of `ploop snapshot-merge`. */
export interface SnapshotMergeInput {
  readonly descriptor: string;
  /** What is merged into its parent, in the descriptor's own spelling. Default: the top. */
  readonly guid?: Guid | undefined;
  /** Merges `guid` and all below it down to this one, into its file (1.14 and 1.15). */
  readonly ancestor?: Guid | undefined;
  /** Merges everything from the top to the base into one. */
  readonly all?: boolean | undefined;
  /** A new file for the result, where the release is known and writes it without harm: 7, and with `all` 1.13 to 1.15. */
  readonly into?: string | undefined;
}

/** Releases whose `-n` writes the new file: for one merge, and for all. 1.15 crashes on one, 9 loses snapshots. */
const INTO_ONE: Releases = [{ since: '7', before: '8' }];
const INTO_ALL: Releases = [{ since: '1.13', before: '8' }];

/**
 * `ploop snapshot-merge`: merges a shot into its parent. The upper GUID and the lower file remain; with release 9, on a
 * mounted disk, the file may be the upper one. Exit codes: 38 no parent, or a parent with more children; 11 the two
 * differ in cluster size or version.
 *
 * Refused: a parent on which other shots hang, which some releases mark as temporary and lose later; `all` on a disk with
 * branches, of which 9 destroys snapshots with exit code 0; `into` but where it is known to work; what 8 before 8.0.25, and
 * with `all` up to 9.0.3, do not do although they exit with 0.
 */
export const snapshotMerge: Command<SnapshotMergeInput, void> = {
  name: 'snapshot-merge',
  verbosity: 0,
  mutates: true,
  options: { '-n': INTO_ALL },
  disk: ({ descriptor }) => descriptor,
  argv: (input) => {
    const { guid, ancestor, all, into } = input;
    if (isOn('all', all) && guid !== undefined)
      throw new RefusedError('TARGET_AMBIGUOUS', 'all shots are merged, or one, not both');
    if (ancestor !== undefined && guid === undefined)
      throw new RefusedError('TARGET_AMBIGUOUS', 'an ancestor needs the GUID above it');
    return [
      ...flag('-A', all),
      ...option('-u', optionalGuid(guid)),
      ...(ancestor === undefined ? [] : ['-U', guidText(ancestor)]),
      ...option('-n', into === undefined ? undefined : imagePath(into)),
      descriptorPath(input.descriptor),
    ];
  },
  needs: ({ all, into }) =>
    into === undefined
      ? []
      : [{ releases: all === true ? INTO_ALL : INTO_ONE, certain: true, refusal: intoRefused }],
  guard: async (input, context) => {
    if (input.into !== undefined) await refuseExisting(input.into, context);
    await refuseVolume('snapshot-merge', input.descriptor, context);
    await refuseNamed(input.descriptor, context);
    const shots = await context.run(snapshotList, { descriptor: input.descriptor });
    for (const guid of [input.guid, input.ancestor]) refuseOtherSpelling(guid, shots);
    refuseSharedParent(input, shots);
    refuseIntoTop(input, shots);
    if (await refusePlanned('snapshot-merge', input, context)) return;
    const release = await context.release();
    refuseUnfit(release, 'merge');
    if (input.all === true && shots.length > 2) {
      refuseUnfit(release, 'merge of all');
      if (input.into !== undefined) refuseUnfit(release, 'merge of all into a file');
    }
  },
  effect: snapshotMerged,
  parse: nothing,
};

function intoRefused(): RefusedError {
  return new RefusedError(
    'NOT_IN_RELEASE',
    'merging into a new file crashes 1.15, and loses snapshots with 8 and 9',
    'Say which release the tool is, if it is 7, or merge without a new file and copy the result.',
  );
}

/** Releases compare some GUIDs letter by letter; the result would be spelled as the caller does. */
function refuseOtherSpelling(guid: Guid | undefined, shots: readonly SnapshotListRow[]): void {
  const own = shots.find((shot) => guid !== undefined && sameGuid(shot.guid, guid));
  if (own !== undefined && own.guid !== guid)
    throw new RefusedError(
      'GUID_INVALID',
      `the descriptor spells ${String(guid)} in another way`,
      `Give ${own.guid}.`,
    );
}

/** The result has the GUID of the upper shot, and the disk no top any more. */
function refuseIntoTop({ guid }: SnapshotMergeInput, shots: readonly SnapshotListRow[]): void {
  const upper = shots.find((shot) => guid !== undefined && sameGuid(shot.guid, guid));
  const lower = shots.find((shot) => upper !== undefined && sameGuid(shot.guid, upper.parentGuid));
  if (lower?.current === true)
    throw new RefusedError(
      'DISK_DAMAGED',
      `${lower.guid} is the top, and would be gone after the merge`,
      'Take a snapshot first: the shots that hang on the top hang on that then.',
    );
}

function refuseSharedParent(
  { guid, all }: SnapshotMergeInput,
  shots: readonly SnapshotListRow[],
): void {
  const upper = shots.find((shot) =>
    guid === undefined ? shot.current : sameGuid(shot.guid, guid),
  );
  const parents = all === true ? shots.map((shot) => shot.guid) : [upper?.parentGuid];
  const shared = parents.find(
    (parent) =>
      parent !== undefined &&
      shots.filter(({ parentGuid }) => sameGuid(parentGuid, parent)).length > 1,
  );
  if (shared !== undefined)
    throw new RefusedError(
      'PARENT_IS_SHARED',
      `other shots hang on ${shared}, which would be written to`,
      'Delete the other branches first.',
    );
}
