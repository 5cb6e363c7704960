import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where distributions put the OpenSSH server, which insists on being called by its path. */
export const SSHD = '/usr/sbin/sshd';

/** Why no OpenSSH server can be started here, in a few words; `undefined` where one can. */
export const sshdProblem: string | undefined = trySshd();

/** Whether an OpenSSH server can be started here. Tests that need it are skipped without it, except with CI=true. */
export const hasSshd: boolean = sshdProblem === undefined;

/** Why sudo cannot be used here without a password; `undefined` where it can. */
export const sudoProblem: string | undefined = trySudo();

/** Whether sudo can be used here without a password. */
export const hasSudo: boolean = sudoProblem === undefined;

function trySshd(): string | undefined {
  if (process.getuid?.() !== 0) return 'this is not root';
  return existsSync(SSHD) ? undefined : `there is no ${SSHD}`;
}

function trySudo(): string | undefined {
  const { status, error, stderr } = spawnSync('sudo', ['-n', 'true'], { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}
