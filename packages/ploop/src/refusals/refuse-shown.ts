import { resolveFile, sameGuid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { RefusedError } from '@ploop/runner';

import { writersOf } from '../holders/holders.ts';
import { knownMounts } from '../holders/known-mounts.ts';
import { mainMount } from '../holders/main-mount.ts';
import { currentState, type Source } from '../state/source.ts';
import { nodeOf, type DiskState } from '../state/state.ts';
import { mountedOn } from './refuse-mounted.ts';

/**
 * Refuses where a device with a name of its own shows a snapshot that is to be deleted or merged: the tool does not do it. It
 * does where that shows the top.
 *
 * @throws RefusedError `DISK_MOUNTED`
 */
export async function refuseShown(
  source: Source,
  { top }: DiskState,
  guids: readonly string[],
): Promise<void> {
  for (const { component, confidence, guid, device } of await knownMounts(source)) {
    const shows =
      guid !== undefined && guid !== top.guid && guids.some((one) => sameGuid(guid, one));
    if (component !== '' && confidence === 'certain' && shows)
      throw new RefusedError(
        'DISK_MOUNTED',
        `${device} shows ${guid}`,
        'Unmount it first: umount({ component }).',
      );
  }
}

/**
 * Refuses where a disk is on a device without component name: the tool does not change then what is written to.
 *
 * @throws RefusedError `DISK_MOUNTED`
 */
export async function refuseMainMounted(source: Source, operation: string): Promise<void> {
  const main = await mainMount(source);
  if (main !== undefined) throw mountedOn(main.device, operation);
}

/** A mount that is to be made. */
interface WantedMount {
  readonly component?: string | undefined;
  readonly guid?: string | undefined;
  readonly readonly?: boolean | undefined;
}

/**
 * Refuses a mount that the driver does not make: under a name that is taken, or of an image that another device has, where
 * one of the two writes to it.
 *
 * @throws RefusedError `DISK_MOUNTED`
 */
export async function refuseTaken(
  source: Source,
  { component = '', guid, readonly = false }: WantedMount = {},
): Promise<void> {
  const state = await runAsync(currentState(source));
  const { image } = guid === undefined ? state.top : nodeOf(state, guid);
  const file = image && resolveFile(state.directory, image.file);
  for (const mount of await knownMounts(source)) {
    if (mount.confidence !== 'certain') continue;
    const has = file !== undefined && mount.images?.includes(file) === true;
    const isUppermost = has && mount.images.at(-1) === file;
    const isTaken = has && (!readonly || (isUppermost && (await isWritten(source, mount.device))));
    if (mount.component === component || isTaken)
      throw new RefusedError(
        'DISK_MOUNTED',
        `${mount.device} has the disk`,
        'Unmount it first, or mount a snapshot readonly under another component name.',
      );
  }
}

async function isWritten(source: Source, node: string): Promise<boolean> {
  return (await writersOf(source)).some(({ device }) => device === node);
}
