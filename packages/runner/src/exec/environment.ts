import { delimiter } from 'node:path';

/** Where distributions put the tool and its helpers; often missing from the PATH of services and of other users. */
export const SBIN: readonly string[] = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/**
 * Release 1.15 of Debian and Ubuntu copies 4096 bytes from its path argument on, whatever its length, and dies of SIGSEGV
 * where fewer follow. The environment lies after the arguments in memory: one long variable is enough.
 */
const PADDING = 'x'.repeat(8192);

/** Translated messages of the tool's helpers cannot be read; with POSIXLY_CORRECT options after a path are paths. */
export const REMOVED: readonly string[] = ['LANGUAGE', 'POSIXLY_CORRECT'];

/** A set of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that the tool needs on every release, and those of the caller: English messages and enough length. PATH
 * is not among them unless the caller gives one.
 */
export function toolVariables(extra: Environment): Record<string, string> {
  const variables = Object.entries(extra).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !REMOVED.includes(entry[0]) && !entry[0].startsWith('LC_'),
  );
  return { ...Object.fromEntries(variables), LANG: 'C', LC_ALL: 'C', PLOOP_PAD: PADDING };
}

/**
 * The whole environment that the tool works in on this machine: that of `base` with the variables of
 * {@link toolVariables}, and the sbin directories at the end of PATH.
 */
export function toolEnvironment(base: Environment, extra: Environment): Record<string, string> {
  const variables = toolVariables({ ...base, ...extra });
  return { ...variables, PATH: searchPath(variables['PATH']).join(delimiter) };
}

/** The directories of a PATH, and those of the tool. */
export function searchPath(path = '/usr/bin:/bin'): readonly string[] {
  const directories = path.split(delimiter);
  return [...directories, ...SBIN.filter((directory) => !directories.includes(directory))];
}
