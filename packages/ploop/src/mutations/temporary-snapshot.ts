import { resolve } from 'node:path';

import type { Guid } from '@ploop/descriptor';
import { aPath, aString, needed, options, type Rules } from '@ploop/descriptor/arguments';
import { randomGuid, runAsync } from '@ploop/descriptor/internal';
import { isNotMounted, OutputError, plansOfCommand } from '@ploop/runner';

import { requireRules } from '../arguments/require.ts';
import { aGuid, GUARDED, SIGNAL } from '../arguments/rules.ts';
import { knownMounts } from '../holders/known-mounts.ts';
import { ReadError } from '../io/read-error.ts';
import { mountsOf } from '../reads/mounts.ts';
import { refuseHarmful, refuseHopeless } from '../refusals/plan-refused.ts';
import {
  coveredBy,
  refusePlannedImages,
  writtenIn,
  type GuardOptions,
} from '../refusals/refuse-images.ts';
import { refuseVolume } from '../refusals/refuse-volume.ts';
import { exclusively } from '../run/exclusively.ts';
import type { MutationOptions } from '../run/run-target.ts';
import {
  leavingDevices,
  leavingSnapshot,
  newMounts,
  temporaryName,
} from '../run/temporary-left.ts';
import { verify } from '../run/verify.ts';
import { currentState, type Source } from '../state/source.ts';
import { guidOf, stateOf } from '../state/state.ts';
import { deleteShot } from './delete-snapshot.ts';
import { unwritten, type Mutation } from './mutation.ts';

/** The arguments of the end of a temporary snapshot. */
const END: Rules = { options: options(SIGNAL) };

/** How a temporary snapshot is taken. */
export interface TemporarySnapshotOptions extends MutationOptions, GuardOptions {
  /** The name of its device; the tool puts a tilde before it. */
  readonly component: string;
  /** A directory to mount its file system at, read-only. Default: the device alone is made. */
  readonly target?: string | undefined;
  /** Default: a random one. */
  readonly guid?: string | undefined;
}

/** A snapshot that is there for a while, to be backed up. */
export interface TemporarySnapshot extends AsyncDisposable {
  readonly guid: Guid;
  readonly device: string;
  readonly mountPoint: string | undefined;
  /** Unmounts it and merges it away. Also by `await using`. */
  readonly end: (options?: MutationOptions) => Promise<void>;
}

/**
 * Takes a snapshot that is marked temporary, and mounts it under a name of its own, read-only. Where that fails late, its
 * device is there already: the error names it in `leftBehind`, with its name and where it is mounted. So does that of
 * `end`.
 */
async function takeTemporarily(
  source: Source,
  { component, target, guid: text, allowLinked, allowRival, signal }: TemporarySnapshotOptions,
): Promise<TemporarySnapshot> {
  const { descriptorPath: descriptor, runner } = source;
  const guid = text === undefined ? randomGuid() : guidOf(text);
  const before = await runAsync(currentState(source));
  // Its end is a merge.
  refuseVolume(before, 'tsnapshot', 'temporarySnapshot');
  const plans = plansOfCommand('tsnapshot', { guid }, before);
  refuseHopeless('temporarySnapshot', plans);
  await refuseHarmful(runner, 'temporarySnapshot', plans);
  // Its end merges the new top into the image that is the top now.
  const steps = [...coveredBy(before.top), ...writtenIn(before.top)];
  const guard = { operation: 'temporarySnapshot', allowLinked, allowRival, signal };
  await refusePlannedImages(source, before, plans, guard, steps);
  const mountPoint = target === undefined ? undefined : resolve(target);
  const name = temporaryName(component);
  const mounts = await knownMounts(source);
  let made: string | undefined;
  try {
    const device = await runner
      .tsnapshot({ descriptor, guid, component, mountPoint }, { signal })
      .then(
        (told) => told.device,
        async (error: unknown) => {
          // Where the tool succeeded and what it printed cannot be read.
          const [only, ...others] =
            error instanceof OutputError ? await newMounts(source, name, mounts) : [];
          if (only === undefined || others.length > 0) throw error;
          return only.device;
        },
      );
    made = device;
    const after = await runAsync(stateOf(descriptor)).catch(() => undefined);
    const isTaken = after?.graph.node(guid)?.temporary === true;
    verify(isTaken, 'tsnapshot', `a temporary snapshot ${guid}`);
    const end = async (options?: MutationOptions): Promise<void> => {
      requireRules(END, [options]);
      await exclusively(
        source,
        (on) => endTemporary(on, guid, device, { ...options, allowLinked, allowRival }),
        options,
      );
    };
    return { guid, device, mountPoint, end, [Symbol.asyncDispose]: end };
  } catch (error) {
    throw await leavingDevices(source, error, name, { before: mounts, made });
  }
}

async function endTemporary(
  source: Source,
  guid: Guid,
  device: string,
  { allowLinked, allowRival, signal }: MutationOptions & GuardOptions = {},
): Promise<void> {
  const { descriptorPath, runner } = source;
  try {
    if (await isStillThere(source, device))
      await runner.umount({ device }, { signal }).catch((error: unknown) => {
        if (!isNotMounted(error)) throw error;
      });
    // Whatever changes the disk once its device has gone merges it away.
    const { graph } = await runAsync(stateOf(descriptorPath));
    if (graph.node(guid)?.temporary === true)
      await deleteShot(source, guid, { allowLinked, allowRival, signal });
  } catch (error) {
    throw await leavingSnapshot(source, error, guid, device);
  }
}

/** A device that somebody else has ended may be one of another disk by now. If the kernel does not report it, it is ours. */
async function isStillThere(source: Source, device: string): Promise<boolean> {
  try {
    return (await runAsync(mountsOf(source))).some((mount) => mount.device === device);
  } catch (error) {
    if (error instanceof ReadError) return true;
    throw error;
  }
}

/** `disk.temporarySnapshot`. */
export const temporarySnapshot: Mutation<[options: TemporarySnapshotOptions], TemporarySnapshot> = {
  rules: {
    options: needed(
      options({ ...GUARDED, component: needed(aString), target: aPath, guid: aGuid }),
    ),
  },
  guard: unwritten,
  run: takeTemporarily,
};
