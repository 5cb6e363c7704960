import { isRawBase, resolveFile, toBytes } from '@ploop/descriptor';
import { headerAt, headerFileAt, readable, status, type Steps } from '@ploop/descriptor/node';

import type { Device } from '../devices/device.ts';
import type { DiskState } from '../state.ts';
import type { DiskMount } from './mounts.ts';
import { topDeltaOf } from './top-delta.ts';

/** The device-mapper devices that can be of a disk: those that have the size of one of its images. */
export function* mappedCandidates(
  state: DiskState,
  devices: readonly Device[],
): Steps<readonly DiskMount[]> {
  if (devices.length === 0) return [];
  const sizes = yield* sizesOf(state);
  const candidates = devices.filter(({ size }) => sizes === undefined || sizes.has(size));
  const [only] = candidates;
  const isOnly = candidates.length === 1 && only !== undefined && !only.readonly;
  const confidence = isOnly && (yield* isMarked(state)) ? 'likely' : 'possible';
  return candidates.map((device) => ({ ...device, guid: undefined, confidence }));
}

/** The virtual sizes of all images in bytes; `undefined` where one cannot be read. */
function* sizesOf(state: DiskState): Steps<ReadonlySet<number> | undefined> {
  const { descriptor, directory, graph } = state;
  const sizes = new Set<number>();
  for (const node of graph.nodes) {
    if (node.image === undefined) continue;
    const file = resolveFile(directory, node.image.file);
    try {
      sizes.add(
        isRawBase(descriptor, node)
          ? Number((yield* readable(file, status(file))).size)
          : toBytes((yield* headerAt(file)).size),
      );
    } catch {
      return undefined;
    }
  }
  return sizes;
}

/** Whether the header of the top delta says that it is in use, as it does while a device writes to it. */
function* isMarked(state: DiskState): Steps<boolean> {
  try {
    return (yield* headerFileAt(topDeltaOf(state))).mark.state === 'in-use';
  } catch {
    return false;
  }
}
