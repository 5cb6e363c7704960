import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';
import { toolVariables } from '../exec/environment.ts';
import { localExec, type Exec, type ExecOutcome } from '../exec/exec.ts';

/**
 * How sudo says that it has not started anything. It exits with 1 then, as the tool does for many reasons; what it says of
 * host names and the like, it says and goes on.
 */
const NOT_STARTED =
  /^(?:sudo: (?:a password is required|a terminal is required|no tty present|sorry, |unable to execute |.*: command not found|unknown user|account validation failure|.* is not in the sudoers file|PAM )|Sorry, user |.* is not (?:in the sudoers file|allowed to run sudo))/m;

/** What a transport through sudo is made from. */
export interface SudoOptions {
  /** What runs sudo. Default: on this machine. */
  readonly exec?: Exec | undefined;
}

/**
 * Runs the tool as root through `sudo -n`, which never asks for a password.
 *
 * Trust: who may run the tool as root may read and overwrite any file of the machine with it (`init`, `convert`, `copy`,
 * `mount -o`): a rule for it in sudoers is as good as one for everything. The variables that the tool needs must be let
 * through: `Defaults!/usr/sbin/ploop env_keep += "PLOOP_PAD"`.
 *
 * A process that is not root's cannot send signals to sudo: unless this one is, what is running cannot be cancelled, and is
 * waited for.
 *
 * @throws RefusedError `OPTION_INVALID` for an option of the wrong type.
 */
export function sudoExec(options: SudoOptions = {}): Exec {
  requireCall(FUNCTIONS.sudoExec, [options]);
  const { exec = localExec } = options;
  const run = async (request: Parameters<Exec>[0]): Promise<ExecOutcome> => {
    const names = Object.keys(toolVariables(request.env)).filter((name) => name !== 'PATH');
    const outcome = await exec({
      ...request,
      file: 'sudo',
      argv: ['-n', `--preserve-env=${names.join(',')}`, '--', request.file, ...request.argv],
    });
    const { exitCode, stderr } = outcome;
    const why = exitCode === 1 ? NOT_STARTED.exec(stderr.text) : null;
    return why === null ? outcome : { ...outcome, spawnError: notStarted(stderr.text) };
  };
  return Object.assign(run, { isLocal: exec.isLocal ?? false });
}

function notStarted(text: string): Error {
  const isMissing = text.includes('command not found');
  return Object.assign(new Error(text.trim()), { code: isMissing ? 'ENOENT' : 'EACCES' });
}
