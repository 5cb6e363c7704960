import { parseGuid, sameGuid, type Guid } from '@ploop/descriptor';

import { newGuidText } from '../argv/guids.ts';
import { option } from '../argv/options.ts';
import { descriptorPath, path } from '../argv/paths.ts';
import { componentName } from '../argv/texts.ts';
import type { Command } from '../command.ts';
import { temporaryTaken } from '../effect/snapshots.ts';
import { requireDirectory } from '../guards/guards.ts';
import { refuseVolume } from '../guards/refuse-volume.ts';
import { refusePlanned } from '../harm/refuse-planned.ts';
import { parseMounted, type Mounted } from '../output/mounting.ts';
import { refuseNamed } from './shared/in-use.ts';

/** Input of `ploop tsnapshot`. */
export interface TsnapshotInput {
  readonly descriptor: string;
  /** The new snapshot's. */
  readonly guid: Guid;
  /** The name it is mounted under; the tool puts a tilde before it, and `umount` wants that too. */
  readonly component: string;
  readonly mountPoint?: string | undefined;
}

/** Result of `ploop tsnapshot`. */
export interface TsnapshotResult extends Mounted {
  readonly guid: Guid;
}

// 1.15: "ploop temporary snapshot {11111111-1111-1111-1111-111111111111} has been successfully created"
const CREATED =
  /^(?:\[ *\d+\.\d+\] )?ploop temporary snapshot (\{\S{36}\}) has been successfully created$/m;

/**
 * `ploop tsnapshot`: takes a temporary snapshot and mounts it read-only, to back it up. To end it: `umount` its device,
 * and the tool merges the snapshot away with the next change of the disk. Exit codes: 2 no driver, 38 the GUID exists;
 * else as `snapshot` and `mount`. Where the mount fails releases 1 and 7 merge the snapshot back, 9 leaves it.
 */
export const tsnapshot: Command<TsnapshotInput, TsnapshotResult> = {
  name: 'tsnapshot',
  verbosity: 0,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, guid, component, mountPoint }) => [
    '-u',
    newGuidText(guid),
    '-c',
    componentName(component),
    ...option('-m', mountPoint === undefined ? undefined : path(mountPoint)),
    descriptorPath(descriptor),
  ],
  guard: async ({ descriptor, guid, mountPoint }, context) => {
    await refuseVolume('tsnapshot', descriptor, context);
    await refusePlanned('tsnapshot', { descriptor, guid }, context);
    await refuseNamed(descriptor, context);
    if (mountPoint !== undefined) await requireDirectory(mountPoint, context);
  },
  effect: temporaryTaken,
  parse: (stdout, { guid, mountPoint }) => {
    const created = parseGuid(CREATED.exec(stdout)?.[1] ?? '');
    const mounted = parseMounted(stdout, mountPoint);
    if (created === undefined || !sameGuid(created, guid) || mounted === undefined)
      return { expected: 'the new snapshot, its device and what is mounted where' };
    return { value: { guid: created, ...mounted } };
  },
};
