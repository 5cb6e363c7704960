import { resolveFile, type SnapshotNode } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import {
  closeFile,
  leadsOutside,
  openNamed,
  readable,
  status,
  type NamedFile,
  type OpenFile,
} from '@ploop/descriptor/node/internal';

import type { DiskState } from './state.ts';

/** The file of a shot, as the descriptor names it; `undefined` if it has none. */
export function namedImage(
  { directory }: Pick<DiskState, 'directory'>,
  { guid, image }: SnapshotNode,
): NamedFile | undefined {
  return image && { guid, file: resolveFile(directory, image.file), directory };
}

/**
 * What the file system says of the file that a descriptor names, whatever kind of file it is.
 *
 * @throws DescriptorError with code `DELTA_OUTSIDE` or `FILE_UNREADABLE`.
 */
export function* namedStatus(named: NamedFile, confinement: Confinement): Steps<OpenFile['stats']> {
  if (!(yield* leadsOutside(named.file, confinement)))
    return yield* readable(named.file, status(named.file));
  // Says that it is outside, or that it no longer is.
  const { fd, stats } = yield* openNamed(named, confinement);
  yield* closeFile(fd);
  return stats;
}
