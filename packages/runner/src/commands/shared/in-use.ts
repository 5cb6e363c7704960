import { OPTIONS } from '@ploop/descriptor/releases';

import type { GuardContext } from '../../command.ts';
import { PloopError, RefusedError, type PloopErrorCode } from '../../errors/errors.ts';
import { isExit } from '../../output/is-exit.ts';
import { availability } from '../../release/release.ts';
import { infoDevice } from '../info-device.ts';
import { list, type ListRow } from '../list.ts';
import { snapshotList } from '../snapshot-list.ts';

/**
 * Refuses with `DISK_MOUNTED` where a device carries an image of the disk, under whatever component name: `info -d` does
 * not report those.
 */
export async function refuseOnDevice(
  descriptor: string,
  context: GuardContext,
  instead: string,
): Promise<void> {
  await refuseImagesOnDevice(await filesOf(descriptor, context), context, instead);
}

/** Refuses with `DISK_MOUNTED` where a device carries one of these images at its base, whatever symlinks lead there. */
export async function refuseImagesOnDevice(
  images: readonly string[],
  context: GuardContext,
  instead: string,
): Promise<void> {
  const devices = await context.run(list, {}).catch((error: unknown) => {
    if (isExit(error, NO_DEVICE_MAPPER)) return [];
    throw error;
  });
  const [busy] = devices.length === 0 ? [] : await carrying(devices, images, context);
  if (busy !== undefined)
    throw new RefusedError('DISK_MOUNTED', `${busy.images[0] ?? ''} is on ${busy.device}`, instead);
}

/** How `list` of releases 8 and 9 ends where there is no driver. */
const NO_DEVICE_MAPPER = 5;
/** How a tool fails that cannot list devices: there may be no driver at all. */
const NO_LIST: ReadonlySet<PloopErrorCode> = new Set(['EXIT', 'OUTPUT', 'SIGNAL', 'REFUSED']);

/**
 * Refuses with `DISK_MOUNTED` to change a disk that a device with a component name writes to, which the tool does not see:
 * release 1.15 merges, deletes and repairs what is written to then. Nothing is refused where the tool cannot list devices.
 */
export async function refuseNamed(descriptor: string, context: GuardContext): Promise<void> {
  const devices = await context.run(list, {}).catch((error: unknown) => {
    if (error instanceof PloopError && NO_LIST.has(error.code)) return [];
    throw error;
  });
  const named = devices.filter(({ component }) => component !== undefined);
  if (named.length === 0) return;
  const files = await filesOf(descriptor, context);
  for (const { device, component } of await carrying(named, files, context))
    if (!(await isReadonly(device, context)))
      throw new RefusedError(
        'DISK_MOUNTED',
        `${device} writes to the disk under the name ${JSON.stringify(component)}, which the tool does not see`,
        'Unmount that device first.',
      );
}

const TELLS_DEVICE = OPTIONS['info']?.['-d'] ?? [];

/** The device of a disk that has no component name. Releases that do not report it list the devices. */
export async function mainDevice(
  descriptor: string,
  context: GuardContext,
): Promise<string | undefined> {
  if (availability(await context.release(), TELLS_DEVICE) !== 'no')
    return (await context.run(infoDevice, { descriptor })).device;
  const devices = await context.run(list, {});
  const unnamed = devices.filter(({ component }) => component === undefined);
  if (unnamed.length === 0) return undefined;
  const [found] = await carrying(unnamed, await filesOf(descriptor, context), context);
  return found?.device;
}

/** The devices whose base is one of these images. */
async function carrying(
  devices: readonly ListRow[],
  images: readonly string[],
  context: GuardContext,
): Promise<readonly ListRow[]> {
  const names = new Set(images);
  for (const image of images) {
    const real = await context.ask('readlink', '-e', '--', image);
    if (real !== undefined) names.add(withoutEnd(real));
  }
  return devices.filter((row) => row.images.some((image) => names.has(image)));
}

async function filesOf(descriptor: string, { run }: GuardContext): Promise<readonly string[]> {
  const shots = await run(snapshotList, { descriptor });
  return shots.flatMap(({ file }) => (file === undefined ? [] : [file]));
}

/** Whether the kernel says that a device does not write to its top image. */
async function isReadonly(device: string, { ask }: GuardContext): Promise<boolean> {
  const top = await ask('cat', '--', `/sys/block/${device}/pstate/top`);
  if (top !== undefined)
    return isOne(await ask('cat', '--', `/sys/block/${device}/pdelta/${withoutEnd(top)}/ro`));
  // On device-mapper kernels the name leads to the node of the kernel's own name.
  const node = await ask('readlink', '-e', '--', `/dev/mapper/${device}`);
  const name = node === undefined ? undefined : /\/(dm-\d+)\n$/.exec(node)?.[1];
  return name !== undefined && isOne(await ask('cat', '--', `/sys/block/${name}/ro`));
}

function isOne(text: string | undefined): boolean {
  return text !== undefined && withoutEnd(text) === '1';
}

function withoutEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
