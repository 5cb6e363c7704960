import { toBytes, type Bytes } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import { sameIdentity } from '@ploop/descriptor/node';
import type { ExtensionState } from '@ploop/image';
import { describeNamedImage } from '@ploop/offline/internal';

import { ReadError } from '../io/read-error.ts';
import { currentState, type Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';
import { topDeltaOf } from './top-delta.ts';

/** A map of what has changed on a disk since some backup, kept in its top delta while the disk is not mounted. */
export interface DirtyBitmap {
  /** In lower case, without braces. */
  readonly id: string;
  /** The bytes that one bit stands for. */
  readonly granularity: Bytes;
  /**
   * `valid`; `in-use` while the disk is mounted, when the driver has the bits; `stale` or `damaged` where it must not be
   * used: a full backup is due.
   */
  readonly state: ExtensionState;
}

/** How often the disk is looked at again while it changes. */
const TRIES = 10;

/**
 * The dirty bitmaps of a disk, which releases from 7.0.32 on keep. Those of 1.x know of none, and make them worthless when
 * they write to the image.
 *
 * @throws ReadError `DISK_CHANGING`
 */
export async function dirtyBitmapsOf(source: Source): Promise<readonly DirtyBitmap[]> {
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const before = await runAsync(currentState(source));
    const found = await bitmapsIn(source, before).catch((error: unknown) => ({ error }));
    const after = await runAsync(currentState(source));
    if (!sameIdentity(before.identity, after.identity)) continue;
    if ('error' in found) throw found.error;
    return found;
  }
  throw new ReadError('DISK_CHANGING', `${source.descriptorPath} changed under every read`);
}

async function bitmapsIn(
  { confinement }: Source,
  state: DiskState,
): Promise<readonly DirtyBitmap[]> {
  const { top, directory } = state;
  const named = { guid: top.guid, file: topDeltaOf(state), directory };
  const { description } = await describeNamedImage(named, confinement);
  const extension = description.format === 'ploop' ? description.extension : undefined;
  if (extension === undefined) return [];
  return extension.elements.flatMap((element) =>
    element.kind === 'dirty-bitmap'
      ? [
          {
            id: element.id,
            granularity: toBytes(element.granularity),
            state: element.fault === undefined ? extension.state : ('damaged' as const),
          },
        ]
      : [],
  );
}
