import type { Stats } from 'node:fs';
import { lstat, unlink } from 'node:fs/promises';

/** Removes a file if it is still the one that was made: somebody may have put another one in its place. */
export async function unlinkSame(
  path: string,
  { dev, ino }: Pick<Stats, 'dev' | 'ino'>,
): Promise<void> {
  const now = await lstat(path).catch(() => undefined);
  if (now?.dev === dev && now.ino === ino) await unlink(path);
}
