import { devicesLeft, type PloopError } from '@ploop/runner';

import { knownDevice } from '../holders/known-mounts.ts';
import type { Source } from '../state/source.ts';

/**
 * Takes apart what a mount that failed has put together, and says what is left. Only devices of device-mapper are taken
 * apart, whose names are random: the block driver gives a number that is free again to the next who asks, and the tool
 * frees it by itself, so what has the same number now may be another program's.
 */
export async function undoMount(
  { roots, runner }: Source,
  error: PloopError,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const node of devicesLeft(error)) {
    const device = await knownDevice(node, roots);
    if (device === undefined) continue;
    const isOurs = device.generation === 'device-mapper';
    const undone =
      isOurs &&
      (await runner.umount({ device: node }).then(
        () => true,
        () => false,
      ));
    if (!undone) left.push(isOurs ? node : `${node}, unless another program uses it now`);
  }
  return left;
}
