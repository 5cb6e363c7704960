import type { GuardContext } from './command.ts';
import { list } from './commands/list.ts';
import { snapshotList } from './commands/snapshot-list.ts';
import { RefusedError } from './errors.ts';

/**
 * Refuses with `DISK_MOUNTED` where a device carries an image of the disk, under whatever component name: `info -d` does
 * not tell of those.
 */
export async function refuseOnDevice(
  descriptor: string,
  context: GuardContext,
  instead: string,
): Promise<void> {
  const shots = await context.run(snapshotList, { descriptor });
  const files = shots.flatMap(({ file }) => (file === undefined ? [] : [file]));
  await refuseImagesOnDevice(files, context, instead);
}

/** Refuses with `DISK_MOUNTED` where a device carries one of these images at its base. */
export async function refuseImagesOnDevice(
  images: readonly string[],
  context: GuardContext,
  instead: string,
): Promise<void> {
  const devices = await context.run(list, {});
  const busy = devices.find((row) => row.images.some((image) => images.includes(image)));
  if (busy !== undefined)
    throw new RefusedError('DISK_MOUNTED', `${busy.images[0] ?? ''} is on ${busy.device}`, instead);
}
