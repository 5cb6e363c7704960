import { delimiter } from 'node:path';

/** Where distributions put the tool and its helpers; often missing from the PATH of services and of other users. */
const SBIN: readonly string[] = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/**
 * Release 1.15 of Debian and Ubuntu copies 4096 bytes from its path argument on, whatever its length, and dies of SIGSEGV
 * where fewer follow. The environment lies behind the arguments in memory: one long variable is enough.
 */
const PADDING = 'x'.repeat(8192);

/** Translated messages of the tool's helpers cannot be read; with POSIXLY_CORRECT options after a path are paths. */
const REMOVED: readonly string[] = ['LANGUAGE', 'POSIXLY_CORRECT'];

/** A set of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment that the tool works in on every release: the caller's, with English messages, the sbin directories and
 * enough length.
 */
export function toolEnvironment(base: Environment, extra: Environment): Record<string, string> {
  const merged = Object.entries({ ...base, ...extra }).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !REMOVED.includes(entry[0]) && !entry[0].startsWith('LC_'),
  );
  const variables = Object.fromEntries(merged);
  const directories = (variables['PATH'] ?? '/usr/bin:/bin').split(delimiter);
  const missing = SBIN.filter((directory) => !directories.includes(directory));
  return {
    ...variables,
    PATH: [...directories, ...missing].join(delimiter),
    LANG: 'C',
    LC_ALL: 'C',
    PLOOP_PAD: PADDING,
  };
}
