import { dirname, join } from 'node:path';

import { DESCRIPTOR_NAME } from '@ploop/descriptor/releases';

import type { GuardContext } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';

/** Refuses with `TARGET_EXISTS` where a file is that the tool would overwrite, or remove when it fails. */
export async function refuseExisting(file: string, { look }: GuardContext): Promise<void> {
  if ((await look(file)) !== 'missing')
    throw new RefusedError(
      'TARGET_EXISTS',
      `${file} exists`,
      'Choose another name, or another directory, one for each disk, or remove what is there.',
    );
}

/** Refuses with `DIRECTORY_MISSING` where there is no directory: some releases notice only when they have begun. */
export async function requireDirectory(directory: string, { look }: GuardContext): Promise<void> {
  const kind = await look(directory);
  const isDirectory =
    kind === 'directory' || (kind === 'link' && (await look(`${directory}/.`)) === 'directory');
  if (!isDirectory)
    throw new RefusedError(
      'DIRECTORY_MISSING',
      `${directory} is not a directory`,
      'Make it first.',
    );
}

/**
 * Refuses with `PATH_INVALID` an image that is a symlink: neither the descriptor beside what it leads to nor the device that
 * carries that would be noticed.
 */
export async function refuseLink(
  image: string,
  { look }: Pick<GuardContext, 'look'>,
): Promise<void> {
  if ((await look(image)) === 'link')
    throw new RefusedError(
      'PATH_INVALID',
      `${image} is a symlink`,
      'Name the image that it leads to.',
    );
}

/**
 * Refuses with `DESCRIPTOR_BYPASSED` where a descriptor lies beside an image that is about to be changed without it: its
 * snapshots would change with the image, or lose it.
 */
export async function refuseBypass(
  images: readonly string[],
  { look }: GuardContext,
  instead: string,
): Promise<void> {
  for (const image of images) await refuseLink(image, { look });
  for (const directory of new Set(images.map((image) => dirname(image)))) {
    const descriptor = join(directory, DESCRIPTOR_NAME);
    if ((await look(descriptor)) !== 'missing')
      throw new RefusedError(
        'DESCRIPTOR_BYPASSED',
        `${descriptor} says how images in ${directory} hang together; changing one without it destroys snapshots`,
        instead,
      );
  }
}
