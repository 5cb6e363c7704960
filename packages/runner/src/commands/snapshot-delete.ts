import { sameGuid, TOP_GUID, type Guid } from '@ploop/descriptor';

import { guidText } from '../argv/guids.ts';
import { isOn } from '../argv/options.ts';
import { descriptorPath } from '../argv/paths.ts';
import type { Command, GuardContext } from '../command.ts';
import { snapshotDeleted } from '../effect/snapshots.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseUnfit } from '../guards/refuse-unfit.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseNamed } from './shared/in-use.ts';
import { snapshotList } from './snapshot-list.ts';

/** Input of `ploop snapshot-delete`. */
export interface SnapshotDeleteInput {
  readonly descriptor: string;
  /** In the descriptor's own spelling. */
  readonly guid: Guid;
  /** Allows to delete the top: its data is lost. Releases call it {@link TOP_GUID}, except for disks in the old format. */
  readonly discardTop?: boolean | undefined;
}

/** Result of `ploop snapshot-delete`. */
export interface SnapshotDeleteResult {
  /** Two or more shots hang on the snapshot, so it was only marked, and goes when one of them has gone. */
  readonly markedTemporary: boolean;
}

// 1.15: "Warning: Unable to delete snapshot {…} as there are 2 references to it; marking it as temporary instead"
const MARKED =
  /^(?:\[ *\d+\.\d+\] )?Warning: Unable to delete snapshot .* marking it as temporary/m;

/**
 * `ploop snapshot-delete`: removes a leaf, merges an only child into the snapshot's file, or marks a snapshot with more
 * children as temporary, all with exit code 0. Exit codes: 43 unknown (38 in 1.12), 38 base or active top, 17 mounted,
 * 1 where it was marked already.
 */
export const snapshotDelete: Command<SnapshotDeleteInput, SnapshotDeleteResult> = {
  name: 'snapshot-delete',
  verbosity: 1,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: (input) => ['-u', guidText(guarded(input)), descriptorPath(input.descriptor)],
  guard: async (input, context) => {
    await refuseVolume('snapshot-delete', input.descriptor, context);
    await refuseSeenTop(input, context);
    const isPlanned = await refusePlanned('snapshot-delete', input, context);
    await refuseNamed(input.descriptor, context);
    if (!isPlanned) await refuseListed(input, context);
  },
  effect: (input) => snapshotDeleted(input, isMarkedIn),
  parse: (stdout) => ({ value: { markedTemporary: isMarkedIn(stdout) } }),
};

/** The top of a disk in the old format has a GUID of its own. */
async function refuseSeenTop(
  { descriptor, guid, discardTop }: SnapshotDeleteInput,
  { see }: GuardContext,
): Promise<void> {
  const disk = await see(descriptor);
  const top = typeof disk === 'string' ? undefined : disk.graph.top;
  if (discardTop !== true && top !== undefined && sameGuid(top.guid, guid)) throw topRefused(guid);
}

/** What the tool itself lists is enough to see the shots of a descriptor that cannot be read. */
async function refuseListed(
  { descriptor, guid, discardTop }: SnapshotDeleteInput,
  context: GuardContext,
): Promise<void> {
  const shots = await context.run(snapshotList, { descriptor });
  const childrenOf = (parent: Guid): number =>
    shots.filter(({ parentGuid }) => sameGuid(parentGuid, parent)).length;
  const target = shots.find((shot) => sameGuid(shot.guid, guid));
  if (target?.current === true && discardTop !== true) throw topRefused(guid);
  if (target?.current === true && childrenOf(target.parentGuid) > 1)
    throw new RefusedError(
      'PARENT_IS_SHARED',
      `other shots hang on ${target.parentGuid}, which would become the top and be written to`,
      'Switch to another snapshot instead.',
    );
  if (childrenOf(guid) === 1) refuseUnfit(await context.release(), 'delete that merges');
}

function isMarkedIn(stdout: string): boolean {
  return MARKED.test(stdout);
}

function guarded({ guid, discardTop }: SnapshotDeleteInput): Guid {
  guidText(guid);
  if (!isOn('discardTop', discardTop) && sameGuid(guid, TOP_GUID)) throw topRefused(guid);
  return guid;
}

function topRefused(guid: Guid): RefusedError {
  return new RefusedError(
    'SNAPSHOT_IS_TOP',
    `${guid} is the top delta, whose data would be lost`,
    'Switch to another snapshot, merge, or say discardTop: true.',
  );
}
