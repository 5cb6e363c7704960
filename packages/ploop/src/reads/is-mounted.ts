import type { Steps } from '@ploop/descriptor/internal';

import { componentOf } from '../devices/block.ts';
import { blockNames, devicesAmong } from '../devices/find-devices.ts';
import { isMapped } from '../devices/mapper.ts';
import { hasCandidates } from '../devices/quiet.ts';
import { numberAttribute } from '../io/kernel-files.ts';
import { pause } from '../io/pause.ts';
import { ReadError } from '../io/read-error.ts';
import { consistently, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { blockDevicesOf } from './block-match.ts';
import { mappedCandidates } from './mapper-match.ts';

/** How often a device in transition is looked at again, and after how many milliseconds. */
const TRIES = 5;
const WAIT_MS = 100;

/**
 * Whether a device without component name runs with this disk, as `ploop info -d` reports. Its file system may be mounted or
 * not.
 *
 * @throws ReadError `MOUNT_UNCERTAIN` on device-mapper kernels while a device is there that could be one of this disk.
 * `DEVICE_TRANSITIONAL` where one is being started or stopped, and does not get on in half a second.
 */
export function* isMountedOf(source: Source): Steps<boolean> {
  const names = yield* blockNames(source.roots.sys);
  if (!hasCandidates(names)) return false;
  const found = yield* consistently(source, (state) => mainDeviceOf(source, state, names));
  return found !== undefined;
}

/**
 * The kernel's name for the device without component name that runs with a disk.
 *
 * @throws ReadError as {@link isMountedOf}.
 */
export function* mainDeviceOf(
  source: Source,
  state: DiskState,
  given: readonly string[],
): Steps<string | undefined> {
  const { sys } = source.roots;
  let names = given;
  let stopped: string | undefined;
  for (let tried = 1; tried <= TRIES; tried += 1) {
    stopped = undefined;
    for (const name of yield* blockDevicesOf(sys, state, names)) {
      const directory = `${sys}/block/${name}`;
      if ((yield* componentOf(directory)) !== '') continue;
      if (((yield* numberAttribute(`${directory}/pstate/running`)) ?? 0) !== 0) return name;
      stopped = name;
    }
    if (stopped === undefined) break;
    yield* pause(WAIT_MS);
    names = yield* blockNames(sys);
  }
  if (stopped !== undefined)
    throw new ReadError('DEVICE_TRANSITIONAL', `/dev/${stopped} has the disk but does not run`);

  const mapped = yield* devicesAmong(source.roots, names.filter(isMapped));
  const candidates = yield* mappedCandidates(source, state, mapped);
  const [candidate] = candidates.filter(({ component }) => component === '');
  if (candidate === undefined) return undefined;
  throw new ReadError('MOUNT_UNCERTAIN', `${candidate.device} may be a device of this disk`);
}
