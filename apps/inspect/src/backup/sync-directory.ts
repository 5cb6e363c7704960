import { open } from 'node:fs/promises';

/** What POSIX systems and Windows say of directories that cannot be synced. */
const NOT_SYNCED = new Set(['EISDIR', 'EPERM', 'EINVAL', 'EACCES']);

/** Makes sure that the names in a directory survive a power cut, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && NOT_SYNCED.has(String(error.code))))
      throw error;
  }
}
