import { constants, open, type FileHandle } from 'node:fs/promises';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Opens a file to read it. A symlink is not followed, and a pipe that nobody writes to is not waited for. */
export function openPlain(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}
