import type { GuardContext } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';

/**
 * The names in a directory where the tool runs.
 *
 * @param options - Of `ls`; with `-p` the names of directories end in `/`.
 * @throws RefusedError `PATH_INVALID` if it cannot be listed: the files in it must not count as absent.
 */
export async function namesIn(
  directory: string,
  { ask }: Pick<GuardContext, 'ask'>,
  ...options: readonly '-p'[]
): Promise<readonly string[]> {
  const text = await ask('ls', '-A', ...options, '--', directory);
  if (text === undefined)
    throw new RefusedError(
      'PATH_INVALID',
      `cannot list ${directory}, which can hold images that others need`,
      'Make the directory readable to the user that runs the tool.',
    );
  return text.split('\n').filter((line) => line !== '');
}
