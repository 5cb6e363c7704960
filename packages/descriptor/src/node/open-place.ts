import type { Steps } from '../steps.ts';
import { linkStatus, linkTarget, realPath, type OpenFile } from './files.ts';

/**
 * The real path of a file that is open, as steps. Linux knows it of the open file itself. Elsewhere the path is resolved
 * once more, and must still lead to the file.
 */
export function* placeOfOpen(path: string, { fd, stats }: OpenFile): Steps<string> {
  const shown = yield* shownPlace(fd);
  if (shown?.startsWith('/') === true) return shown;
  const real = yield* realPath(path);
  const now = yield* linkStatus(real);
  if (now.dev !== stats.dev || now.ino !== stats.ino)
    throw new Error('it was replaced while it was opened');
  return real;
}

function* shownPlace(fd: number): Steps<string | undefined> {
  try {
    return yield* linkTarget(`/proc/self/fd/${String(fd)}`);
  } catch {
    return undefined;
  }
}
