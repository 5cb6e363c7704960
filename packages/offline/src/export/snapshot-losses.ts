import { DescriptorError, type Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { guardedChain } from '@ploop/image/internal';

import { OFFLINE } from '../arguments.ts';
import { CUT } from '../disk/cut-base.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { damagedSizes, lostTables, type OpenedDisk } from './lost-tables.ts';
import { DAMAGE } from './remains.ts';

/** How to look for what is lost. */
export interface SnapshotLossesOptions {
  readonly signal?: AbortSignal;
}

/**
 * Why content of a snapshot is lost, from its files and block tables alone: a file was cut, an entry of a table leads
 * nowhere, or a table is all zeros before data. Of the entries, only the first fault is returned: an export stops there.
 * Empty if the tables account for every byte.
 *
 * @throws DescriptorError with code `IMAGE_CHANGED` if somebody wrote to an image meanwhile; `TOO_MANY_OPEN_FILES`; the
 * reason of `signal`.
 */
export async function snapshotLosses(
  snapshot: Snapshot,
  options: SnapshotLossesOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(OFFLINE.snapshotLosses, [snapshot, options]);
  const losses = await lossesOf(snapshot, options.signal ?? new AbortController().signal);
  await snapshot.checkUnchanged();
  return losses;
}

/** {@link snapshotLosses} of images that are open. */
export async function lossesOf(
  disk: OpenedDisk,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const losses = disk.diagnostics.filter(
    ({ code, severity }) => CUT.has(code) && severity === 'error',
  );
  const fault = await firstFault(disk, signal);
  const all = [
    ...losses,
    ...(losses.some(({ code }) => code === fault?.code) || fault === undefined ? [] : [fault]),
    ...(await lostTables(disk, signal)),
    ...(await damagedSizes(disk, signal)),
  ];
  return all.filter(({ severity }) => severity === 'error');
}

async function firstFault(chain: OpenedDisk, signal: AbortSignal): Promise<Diagnostic | undefined> {
  try {
    const walk = (await guardedChain(chain, signal)).segments();
    while ((await walk.next()).done !== true) signal.throwIfAborted();
    return undefined;
  } catch (error) {
    if (error instanceof DescriptorError && DAMAGE.has(error.code)) return error.diagnostics[0];
    throw error;
  }
}
