import type { DiskMount } from '../reads/mounts.ts';
import type { Source } from '../source.ts';
import { knownMounts } from './known-mounts.ts';

/** A device that something is done on, and where its file system is mounted. */
export type Place = Pick<DiskMount, 'device' | 'mountPoint'>;

/**
 * The device that runs with a disk under a component name, by default under none. Where the kernel does not tell for sure,
 * or sees no device of the disk, `askTool` does.
 */
export async function placeOf(
  source: Source,
  component: string | undefined,
  askTool: () => Promise<string | undefined>,
): Promise<Place | undefined> {
  const mounts = await knownMounts(source);
  const isCertain = mounts.every(({ confidence }) => confidence === 'certain');
  const named = mounts.filter((mount) => mount.component === (component ?? '') && mount.running);
  const certain = named.find(({ confidence }) => confidence === 'certain');
  const { device, mountPoint } = certain ?? {};
  if (device !== undefined) return { device, mountPoint };
  if (mounts.length > 0 && isCertain) return undefined;
  const told = await askTool();
  const known = mounts.find((mount) => mount.device === told);
  return told === undefined ? undefined : { device: told, mountPoint: known?.mountPoint };
}

/** {@link placeOf} the device without component name. */
export function mainMount(source: Source): Promise<Place | undefined> {
  const { runner, descriptorPath: descriptor } = source;
  return placeOf(source, undefined, async () => (await runner.infoDevice({ descriptor })).device);
}
