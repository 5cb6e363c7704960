import type { Steps } from '@ploop/descriptor/internal';

import { blockNames, devicesAmong, type FindDevicesOptions } from '../devices/find-devices.ts';
import { isMapped } from '../devices/mapper.ts';
import { hasCandidates } from '../devices/quiet.ts';
import { consistently, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { blockDevicesOf, isOnDisk, shotOf } from './block-match.ts';
import type { DiskMount } from './disk-mount.ts';
import { mappedCandidates } from './mapper-match.ts';

/** All devices of a disk, those with component names, of snapshots and in transition included. */
export function* mountsOf(
  source: Source,
  options: FindDevicesOptions = {},
): Steps<readonly DiskMount[]> {
  const { roots } = source;
  const names = yield* blockNames(roots.sys);
  if (!hasCandidates(names)) return [];
  return yield* consistently(source, (state) => mountsAmong(source, state, names, options));
}

function* mountsAmong(
  source: Source,
  state: DiskState,
  names: readonly string[],
  options: FindDevicesOptions,
): Steps<readonly DiskMount[]> {
  const { roots } = source;
  const mounts: DiskMount[] = [];
  const matched = yield* blockDevicesOf(roots.sys, state, names);
  for (const device of yield* devicesAmong(roots, matched, options)) {
    // It may have become one of another disk meanwhile.
    if (!(yield* isOnDisk(roots.sys, state, device.kernelName))) continue;
    mounts.push({ ...device, guid: yield* shotOf(state, device), confidence: 'certain' });
  }
  const mapped = yield* devicesAmong(roots, names.filter(isMapped), options);
  return [...mounts, ...(yield* mappedCandidates(source, state, mapped))];
}
