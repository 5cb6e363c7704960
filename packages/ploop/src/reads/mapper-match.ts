import { isRawBase, toBytes } from '@ploop/descriptor';
import { refuseTooManyOpen, type Steps } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { namedHeaderFileAt } from '@ploop/offline/internal';

import type { Device } from '../devices/device.ts';
import { namedImage, namedStatus } from '../state/named-image.ts';
import type { Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import type { DiskMount } from './disk-mount.ts';

/** The device-mapper devices that can be of a disk: those that have the size of one of its images. */
export function* mappedCandidates(
  { confinement }: Pick<Source, 'confinement'>,
  state: DiskState,
  devices: readonly Device[],
): Steps<readonly DiskMount[]> {
  if (devices.length === 0) return [];
  const sizes = yield* sizesOf(state, confinement);
  const candidates = devices.filter(({ size }) => sizes === undefined || sizes.has(size));
  const [only] = candidates;
  const isOnly = candidates.length === 1 && only !== undefined && !only.readonly;
  const confidence = isOnly && (yield* isMarked(state, confinement)) ? 'likely' : 'possible';
  return candidates.map((device) => ({ ...device, guid: undefined, confidence }));
}

/** The virtual sizes of all images in bytes; `undefined` where one cannot be read. */
function* sizesOf(
  state: DiskState,
  confinement: Confinement,
): Steps<ReadonlySet<number> | undefined> {
  const { descriptor, graph } = state;
  const sizes = new Set<number>();
  for (const node of graph.nodes) {
    const named = namedImage(state, node);
    if (named === undefined) continue;
    try {
      sizes.add(
        isRawBase(descriptor, node)
          ? Number((yield* namedStatus(named, confinement)).size)
          : toBytes((yield* namedHeaderFileAt(named, confinement)).header.size),
      );
    } catch (cause) {
      refuseTooManyOpen(named.file, cause);
      return undefined;
    }
  }
  return sizes;
}

/** Whether the header of the top delta says that it is in use, as it does while a device writes to it. */
function* isMarked(state: DiskState, confinement: Confinement): Steps<boolean> {
  const named = namedImage(state, state.top);
  if (named === undefined) return false;
  try {
    return (yield* namedHeaderFileAt(named, confinement)).mark.state === 'in-use';
  } catch (cause) {
    refuseTooManyOpen(named.file, cause);
    return false;
  }
}
