import { DescriptorError, diagnostic } from '@ploop/descriptor';
import type { Writable } from 'node:stream';

import { refuseStream } from '../export/check-stream.ts';
import { refuseOwnNames } from '../export/own-files.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/**
 * Refuses to write files of a disk where that would overwrite the disk. A terminal is not refused.
 *
 * @throws DescriptorError `FILE_UNWRITABLE`.
 */
export async function refuseOutput(snapshot: Snapshot, target: string | Writable): Promise<void> {
  try {
    if (typeof target === 'string') await refuseOwnNames(snapshot, target);
    else if (!('isTTY' in target && target.isTTY === true))
      await refuseStream(snapshot, target, new AbortController().signal);
  } catch (error) {
    if (error instanceof DescriptorError || !(error instanceof Error)) throw error;
    const file = typeof target === 'string' ? target : 'stdout';
    throw new DescriptorError([diagnostic('FILE_UNWRITABLE', { file, reason: error.message })], {
      cause: error,
    });
  }
}
