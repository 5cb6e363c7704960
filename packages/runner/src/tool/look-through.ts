import { ConnectionError, RefusedError } from '../errors/errors.ts';
import { NO_RUN } from '../errors/run-facts.ts';
import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import type { FileKind, Look } from './files.ts';

/** What `stat` calls the kinds of files. */
const kinds: Readonly<Record<string, FileKind>> = {
  'regular file': 'file',
  'regular empty file': 'file',
  directory: 'directory',
  'symbolic link': 'link',
  'block special file': 'block-device',
};

const MISSING = /: (?:No such file or directory|Not a directory)$/;

/**
 * Looks at files where a transport runs programs, with `stat`.
 *
 * @throws ConnectionError where the machine is out of reach.
 */
export function lookThrough(exec: Exec, env: Environment): Look {
  return async (path) => {
    const { exitCode, stdout, stderr, connectionError } = await exec({
      file: 'stat',
      argv: ['-c', '%F', '--', path],
      env,
    });
    if (connectionError instanceof Error)
      throw new ConnectionError(connectionError.message, { ...NO_RUN, cause: connectionError });
    if (exitCode === 0) return kinds[stdout.text.trimEnd()] ?? 'other';
    if (exitCode === 1 && MISSING.test(stderr.text.trimEnd())) return 'missing';
    throw new RefusedError('PATH_INVALID', `cannot look at ${path}: ${stderr.text.trim()}`);
  };
}
