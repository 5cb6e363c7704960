import { requireArgument } from '../arguments/require.ts';
import { aFunction } from '../arguments/rules.ts';
import type { ParseOptions } from '../parse.ts';
import {
  volumeChain,
  type VolumeChain,
  type VolumeRequest,
  type VolumeSource,
} from './volume-chain.ts';

/**
 * A volume with its ancestors: the descriptors of parent directories are read through `load`. Never throws on what it
 * reads: a volume that cannot be loaded, is refused by the tool, comes twice or is one too many ends the chain with a
 * finding: `VOLUME_UNREADABLE` or `VOLUME_REFUSED`, and `accepted` is false; `VOLUME_CYCLE` or `VOLUME_LIMIT`, which the tool
 * does not notice.
 *
 * @param load - Gives the `DiskDescriptor.xml` of a directory and the real path of that directory; may throw.
 * @param options - As for parsing; the release is 9 by default, and `maxBytes` bounds all descriptors together.
 */
export async function followVolumes(
  volume: VolumeSource,
  load: (request: VolumeRequest) => Promise<VolumeSource>,
  options?: ParseOptions,
): Promise<VolumeChain> {
  requireArgument('load', load, aFunction);
  const steps = volumeChain(volume, options);
  let turn = steps.next();
  while (turn.done !== true) {
    let found: VolumeSource;
    try {
      found = await load(turn.value);
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(found);
  }
  return turn.value;
}

/** {@link followVolumes}, blocking. */
export function followVolumesSync(
  volume: VolumeSource,
  load: (request: VolumeRequest) => VolumeSource,
  options?: ParseOptions,
): VolumeChain {
  requireArgument('load', load, aFunction);
  const steps = volumeChain(volume, options);
  let turn = steps.next();
  while (turn.done !== true) {
    let found: VolumeSource;
    try {
      found = load(turn.value);
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(found);
  }
  return turn.value;
}
