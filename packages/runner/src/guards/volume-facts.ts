import { dirname } from 'node:path';

import type { GuardContext } from '../command.ts';
import { namesIn } from './names-in.ts';

/** What the files of a volume say about it, as far as they can be read where the tool runs. */
export interface VolumeFacts {
  /** The directory of the parent volume, as written. */
  readonly parent: string | undefined;
  /** Whether it is a snapshot, which other volumes continue from. */
  readonly readOnly: boolean;
  /** Whether its own images are said to be raw. */
  readonly raw: boolean;
  /** The names of its own images, as written. */
  readonly files: readonly string[];
  /** The names of the volumes that continue from it. */
  readonly children: readonly string[];
}

/**
 * Reads what a guard needs to know about a volume; `undefined` if the descriptor cannot be read, or the tool would not
 * accept it, so that the tool decides. A disk is a volume without a parent: 7.0.95 drops an empty `Volume`.
 *
 * @throws RefusedError `PATH_INVALID` if the volumes that continue from it cannot be listed.
 */
export async function volumeFacts(
  descriptor: string,
  { ask, look, see }: Pick<GuardContext, 'ask' | 'look' | 'see'>,
): Promise<VolumeFacts | undefined> {
  const sight = await see(descriptor);
  if (typeof sight === 'string') return undefined;
  const { volume, images } = sight.descriptor;
  const links = `${dirname(descriptor)}/children`;
  const isParent = (await look(links)) !== 'missing';
  return {
    parent: volume?.parent,
    readOnly: volume?.readOnly === true,
    raw: images.some(({ type }) => type === 'Plain'),
    files: images.map(({ file }) => file),
    children: isParent ? await namesIn(links, { ask }) : [],
  };
}
