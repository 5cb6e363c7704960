import { isBase, resolveFile } from '@ploop/descriptor';
import { runAsync, type Steps } from '@ploop/descriptor/internal';
import { realPath } from '@ploop/descriptor/node/internal';
import { isPloopError, RefusedError, type Runner } from '@ploop/runner';

import type { DiskMount } from '../reads/disk-mount.ts';
import { currentState, type Source } from '../state/source.ts';

/** A device that has images of a disk. */
export interface Holder {
  /** `/dev/ploop1`; the name alone where only the tool reports of it. */
  readonly device: string;
  /** The name given with `mount -c`; empty for an ordinary mount. */
  readonly component: string;
  /** Whether it writes to the disk; true where nobody says that it does not. */
  readonly writes: boolean;
  /** Whether the tool takes it for the device of the disk, and works on it instead of on the images below. */
  readonly seen: boolean;
}

type Row = Awaited<ReturnType<Runner['list']>>[number];

/**
 * The devices of a disk that the tool lists.
 *
 * @param mounts - What the kernel reports about devices that may be among them.
 * @param why - Why the tool is asked.
 * @throws RefusedError `MOUNT_UNKNOWN` where it cannot list any, unless the disk was opened with `assumeUnmounted`.
 */
export async function listedHolders(
  source: Source,
  mounts: readonly DiskMount[],
  why: string,
): Promise<readonly Holder[]> {
  let rows: readonly Row[];
  try {
    // Every image of a device-mapper device; other drivers have no such option.
    rows = await source.runner.list(mounts.length > 0 ? { allImages: true } : {});
  } catch (error) {
    if (!isPloopError(error)) throw error;
    if (source.assumeUnmounted) return [];
    throw new RefusedError(
      'MOUNT_UNKNOWN',
      `cannot determine whether ${source.descriptorPath} is on a device: ${why}; ${error.message}`,
      'Where you know that no device has the disk, open it with { assumeUnmounted: true }.',
    );
  }
  const { images, base } = await runAsync(namesOf(source));
  return rows
    .filter((row) => row.images.some((image) => images.has(image)))
    .map((row) => {
      const mount = mounts.find(({ device }) => device.endsWith(`/${row.device}`));
      const component = row.component ?? mount?.component ?? '';
      return {
        device: mount?.device ?? row.device,
        component,
        writes: mount?.readonly !== true,
        seen: component === '' && row.images.includes(base),
      };
    });
}

/** All names of the images of a disk, and the one by which the tool looks for its device. */
function* namesOf(
  source: Source,
): Steps<{ readonly images: ReadonlySet<string>; readonly base: string }> {
  const { descriptor, directory, graph } = yield* currentState(source);
  const images = new Set<string>();
  for (const { file } of descriptor.images) {
    const path = resolveFile(directory, file);
    images.add(path);
    try {
      images.add(yield* realPath(path));
    } catch {
      // What is not there is on no device under this name.
    }
  }
  const root = graph.nodes.find(isBase);
  return { images, base: resolveFile(directory, root?.image?.file ?? '') };
}
