import { resolveFile } from '@ploop/descriptor';
import { aString, options } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';
import {
  availability,
  ExitCode,
  isExit,
  PloopError,
  RefusedError,
  type Releases,
} from '@ploop/runner';

import { SIGNAL } from '../arguments/rules.ts';
import { knownMounts } from '../holders/known-mounts.ts';
import { placeOf } from '../holders/main-mount.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import { refuseOutside } from '../refusals/refuse-outside.ts';
import { leaving } from '../run/left-behind.ts';
import type { MutationOptions } from '../run/run-target.ts';
import { currentState, type Source } from '../state/source.ts';
import { notMounted, type DevicePlan } from './device-plan.ts';
import type { Mutation } from './mutation.ts';

/** The releases whose devices are those of device-mapper. */
const MAPPED: Releases = [{ since: '8' }];

/** Which mount of a disk is to go. */
export interface UmountOptions extends MutationOptions {
  /** The name it was mounted under. Default: the mount without one. */
  readonly component?: string | undefined;
}

/** A mount that is gone. What the kernel did not report about it is absent. */
export interface UnmountedDisk {
  readonly device?: string | undefined;
  readonly mountPoint?: string | undefined;
}

/**
 * Unmounts a disk by its descriptor, so that the tool notes the use of the file system in `.statfs`. Releases 9.0.25 to
 * 9.0.30 cannot: there the device is looked up, and nothing is noted.
 */
export async function umountDisk(
  source: Source,
  { component, signal }: UmountOptions = {},
): Promise<UnmountedDisk> {
  const { descriptorPath: descriptor, runner } = source;
  const before = await mountOf(source, component);
  try {
    await runner.umount({ descriptor, component }, { signal });
  } catch (error) {
    if (!(error instanceof PloopError)) throw error;
    if (!cannotByDescriptor(error)) throw leaving(error, await remainsOf(source, before));
    const device = await deviceOf(source, component);
    if (device === undefined)
      throw new RefusedError('DISK_NOT_MOUNTED', `${descriptor} is not mounted`);
    await runner.umount({ device }, { signal });
    return { device, mountPoint: before?.mountPoint };
  }
  return { device: before?.device, mountPoint: before?.mountPoint };
}

/** 9.0.25 to 9.0.30 take the descriptor for a missing argument. */
function cannotByDescriptor(error: PloopError): boolean {
  const { reason, stderr } = error;
  return (
    reason === 'NOT_IN_RELEASE' ||
    (isExit(error, ExitCode.PARAM) && /^Usage: ploop umount/m.test(stderr))
  );
}

async function mountOf(source: Source, component = ''): Promise<DiskMount | undefined> {
  const mounts = await knownMounts(source);
  const [mount, ...others] = mounts.filter(
    (one) => one.component === component && one.confidence === 'certain',
  );
  return others.length === 0 ? mount : undefined;
}

/** The device of a disk as the tool reports it; under a name, from its list. */
async function deviceOf(
  source: Source,
  component: string | undefined,
): Promise<string | undefined> {
  const { descriptorPath: descriptor, runner } = source;
  if (component === undefined) return (await runner.infoDevice({ descriptor })).device;
  const { descriptor: model, directory } = await runAsync(currentState(source));
  const images = new Set(model.images.map(({ file }) => resolveFile(directory, file)));
  const rows = await runner.list({});
  const [row, ...others] = rows.filter(
    (one) => one.component === component && one.images.some((image) => images.has(image)),
  );
  if (row === undefined || others.length > 0) return undefined;
  const isMapped = availability(await runner.release(), MAPPED) !== 'no';
  return `/dev/${isMapped ? 'mapper/' : ''}${row.device}`;
}

/** What an attempt has left of a mount: the file system may be unmounted and the device still be there. */
async function remainsOf(
  source: Source,
  before: DiskMount | undefined,
): Promise<readonly string[]> {
  const after =
    before && (await knownMounts(source)).find(({ device }) => device === before.device);
  if (after === undefined || before?.mountPoint === undefined) return [];
  return after.mountPoint === undefined ? [`${after.device}, its file system unmounted`] : [];
}

/** `disk.umount`. */
export const umount: Mutation<[options?: UmountOptions], UnmountedDisk, DevicePlan> = {
  rules: { options: options({ ...SIGNAL, component: aString }) },
  guard: refuseOutside,
  run: umountDisk,
  details: async (source, plan, { component } = {}) => {
    const going = await placeOf(source, component, () => deviceOf(source, component));
    return going === undefined ? notMounted(source) : { ...plan, ...going };
  },
};
