import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file as a whole or not at all, replacing one of that name. It is made under a random name, so that no file of
 * others is in the way.
 *
 * @param flush - Wait until the content is on the disk before the file gets its name.
 */
export async function writeWhole(path: string, text: string, flush: boolean): Promise<void> {
  const made = join(dirname(path), `.ploop-export-${randomBytes(8).toString('hex')}`);
  const handle = await open(made, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(text);
      if (flush) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(made, path);
  } catch (error) {
    await unlink(made).catch(() => undefined);
    throw error;
  }
}
