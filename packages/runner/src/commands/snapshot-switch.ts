import { sameGuid, TOP_GUID, type Guid } from '@ploop/descriptor';

import { guidText } from '../argv/guids.ts';
import { descriptorPath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { snapshotSwitched } from '../effect/snapshots.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseNamed } from './shared/in-use.ts';

/** Input of `ploop snapshot-switch`. */
export interface SnapshotSwitchInput {
  readonly descriptor: string;
  /** In the descriptor's own spelling: the top's GUID in another case destroys the disk in every release. */
  readonly guid: Guid;
}

/**
 * `ploop snapshot-switch`: discards the top delta and continues from a snapshot in a new, empty one. The disk must not
 * be mounted. Exit codes: 38 unknown, temporary or current snapshot, or a running device. Its option `-D` corrupts the
 * descriptor in every release and is not offered.
 */
export const snapshotSwitch: Command<SnapshotSwitchInput, void> = {
  name: 'snapshot-switch',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, guid }) => ['-u', guidText(ownSpelling(guid)), descriptorPath(descriptor)],
  guard: async (input, context) => {
    await refuseVolume('snapshot-switch', input.descriptor, context);
    await refusePlanned('snapshot-switch', input, context);
    await refuseNamed(input.descriptor, context);
  },
  effect: snapshotSwitched,
  parse: nothing,
};

/** No release writes the top's GUID in another spelling, and to none of them is it the top then. */
function ownSpelling(guid: Guid): Guid {
  guidText(guid);
  if (guid !== TOP_GUID && sameGuid(guid, TOP_GUID))
    throw new RefusedError(
      'SNAPSHOT_IS_TOP',
      `${guid} is the top delta in another spelling, which destroys the disk`,
      'Give a snapshot below the top, in the spelling of the descriptor.',
    );
  return guid;
}
