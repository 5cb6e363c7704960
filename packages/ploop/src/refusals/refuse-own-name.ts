import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { resolveFile } from '@ploop/descriptor';
import { RefusedError } from '@ploop/runner';

import type { DiskState } from '../state/state.ts';

/** What the tool appends to the names of descriptors and images for files of its own. */
const OF_THE_TOOL = /(?:\.lck|\.mnt|\.idx|(?:\.vol)?\.tmp(?:\.tmp)?)$/;

/**
 * Refuses to make a new file under a name that the disk or the tool uses, also if there is no such file: that of a missing
 * image would make it part of the disk.
 *
 * @throws RefusedError `PATH_INVALID`
 */
export async function refuseOwnName(
  operation: string,
  target: string,
  { descriptor, descriptorPath, directory }: OwnDisk,
): Promise<void> {
  const images = descriptor.images.flatMap(({ file }) =>
    (['1.15', '9'] as const).map((release) => resolveFile(directory, file, release)),
  );
  const statfs = [descriptorPath, ...images].map((file) => join(dirname(file), '.statfs'));
  const own = new Set<string>();
  for (const file of [descriptorPath, ...images, ...statfs]) own.add(await placeOf(file));
  const place = await placeOf(target);
  if (own.has(place) || own.has(place.replace(OF_THE_TOOL, '')))
    throw new RefusedError(
      'PATH_INVALID',
      `${operation} is refused: ${target} is a name that the disk uses`,
      'Choose another name, in a directory where no disk is.',
    );
}

/** The names that a disk uses. */
interface OwnDisk extends Pick<DiskState, 'descriptor' | 'directory'> {
  readonly descriptorPath: string;
}

/** A name in the real path of its directory. */
async function placeOf(file: string): Promise<string> {
  const directory = dirname(file);
  return join(await realpath(directory).catch(() => directory), basename(file));
}
