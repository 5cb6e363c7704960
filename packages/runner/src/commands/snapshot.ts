import { parseGuid, type Guid } from '@ploop/descriptor';

import { newGuidText, optionalGuid } from '../argv/guids.ts';
import { flag, option } from '../argv/options.ts';
import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { snapshotTaken } from '../effect/snapshots.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { refuseNamed, refuseOnDevice } from './shared/in-use.ts';

/** Input of `ploop snapshot`. */
export interface SnapshotInput {
  readonly descriptor: string;
  /** The new snapshot's; the tool makes one up by default. */
  readonly guid?: Guid | undefined;
  /** Names the changed-block tracking that starts with it (7.0.31 and later). */
  readonly trackingGuid?: Guid | undefined;
  /** Makes it in the files alone, without a word to a device (7.0.84 and later). Refused where there is one. */
  readonly offline?: boolean | undefined;
}

/** Result of `ploop snapshot`. */
export interface SnapshotResult {
  readonly guid: Guid;
}

// 1.15, 7.0.280, 9.0.30: "ploop snapshot {1ffcde7c-c720-4743-abd5-cd4d3c4af87a} has been successfully created"
const CREATED =
  /^(?:\[ *\d+\.\d+\] )?ploop snapshot (\{[0-9a-fA-F-]{36}\}) has been successfully created$/m;

/**
 * `ploop snapshot`: the top delta becomes a snapshot and a new, empty delta the top. Temporary snapshots that nobody
 * uses are merged away first. Exit codes: 38 the GUID exists or the chain has 127 deltas, 23 and 39 descriptor, 28 rename.
 */
export const snapshot: Command<SnapshotInput, SnapshotResult> = {
  name: 'snapshot',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, guid, trackingGuid, offline }) => [
    ...flag('-o', offline),
    // In braces it is refused (38).
    ...option('-b', optionalGuid(trackingGuid)?.slice(1, -1)),
    ...option('-u', guid === undefined ? undefined : newGuidText(guid)),
    descriptorPath(descriptor),
  ],
  guard: async ({ descriptor, guid, offline }, context) => {
    await refuseVolume('snapshot', descriptor, context);
    await refusePlanned('snapshot', { descriptor, guid }, context);
    if (offline === true)
      await refuseOnDevice(
        descriptor,
        context,
        'Leave offline out: the device would go on writing to what is a snapshot then.',
      );
    else await refuseNamed(descriptor, context);
  },
  effect: ({ descriptor, guid }) =>
    snapshotTaken(descriptor, (stdout) => guid ?? createdIn(stdout)),
  parse: (stdout, { guid }) => {
    const created = guid ?? createdIn(stdout);
    return created === undefined
      ? { expected: 'the GUID of the new snapshot' }
      : { value: { guid: created } };
  },
};

function createdIn(stdout: string): Guid | undefined {
  return parseGuid(CREATED.exec(stdout)?.[1] ?? '');
}
