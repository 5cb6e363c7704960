import { lstat } from 'node:fs/promises';

/** Whether there is something at a path, be it a symlink that leads nowhere. */
export function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
