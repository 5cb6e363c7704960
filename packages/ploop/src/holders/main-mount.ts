import { runAsync } from '@ploop/descriptor/internal';
import { isPloopError } from '@ploop/runner';

import { ReadError } from '../io/read-error.ts';
import type { DiskMount } from '../reads/disk-mount.ts';
import { mountsOf } from '../reads/mounts.ts';
import type { Source } from '../state/source.ts';

/** A device that something is done on, and where its file system is mounted. */
export type Place = Pick<DiskMount, 'device' | 'mountPoint'>;

/**
 * The device that runs with a disk under a component name, by default under none. If the kernel does not report it for sure,
 * or sees no device of the disk, `askTool` does.
 */
export async function placeOf(
  source: Source,
  component: string | undefined,
  askTool: () => Promise<string | undefined>,
): Promise<Place | undefined> {
  const mounts = await toldMounts(source);
  const named = mounts?.filter((mount) => mount.component === (component ?? '') && mount.running);
  const certain = named?.find(({ confidence }) => confidence === 'certain');
  if (certain !== undefined) return { device: certain.device, mountPoint: certain.mountPoint };
  const isTold = mounts?.every(({ confidence }) => confidence === 'certain') === true;
  if (isTold && mounts.length > 0) return undefined;
  const device = await askTool().catch((error: unknown) => {
    // Release 1.15 fails over an image that was not closed, of which the kernel says that nobody has it.
    if (isTold && isPloopError(error)) return undefined;
    throw error;
  });
  if (device === undefined) return undefined;
  return { device, mountPoint: mounts?.find((mount) => mount.device === device)?.mountPoint };
}

/** `undefined` if the kernel does not report it. */
async function toldMounts(source: Source): Promise<readonly DiskMount[] | undefined> {
  try {
    return await runAsync(mountsOf(source));
  } catch (error) {
    if (error instanceof ReadError) return undefined;
    throw error;
  }
}

/** {@link placeOf} the device without component name. */
export function mainMount(source: Source): Promise<Place | undefined> {
  const { runner, descriptorPath: descriptor } = source;
  return placeOf(source, undefined, async () => (await runner.infoDevice({ descriptor })).device);
}
