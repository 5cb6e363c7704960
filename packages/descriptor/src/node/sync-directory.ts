import { constants, open } from 'node:fs/promises';

import { failureOf } from './failure.ts';

const NO_SYNC: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Waits until the disk has the names in a directory. Some file systems have nothing to sync of one. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (!NO_SYNC.has(failureOf(error))) throw error;
  } finally {
    await handle.close();
  }
}
