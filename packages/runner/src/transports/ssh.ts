import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';
import { RefusedError } from '../errors/errors.ts';
import { localExec, type Exec, type ExecOutcome, type ExecRequest } from '../exec/exec.ts';
import { stopOn } from '../exec/stop.ts';
import { programStatus, sshScript } from './ssh-script.ts';

/** What a transport over ssh is made from. */
export interface SshOptions {
  /** Host name, `user@host`, or a name of the caller's ssh configuration. */
  readonly host: string;
  /** Further options of ssh, before the host: `['-p', '2222', '-i', '/etc/keys/fleet']`. Not from strangers. */
  readonly args?: readonly string[] | undefined;
  /** The program. Default `ssh`. */
  readonly ssh?: string | undefined;
  /**
   * The socket of the connection that runs share, or `false` for a connection each. It must lie in a directory that nobody
   * else may write to. Default: in `~/.ssh`. A connection stays for a minute after its last run.
   */
  readonly controlPath?: string | false | undefined;
}

/** A value would be `-oProxyCommand=…`, and that a program to run here. */
const HOST = /^[^-\s\p{Cc}][^\s\p{Cc}]*$/u;

const OPTIONS: readonly string[] = [
  ['BatchMode', 'yes'],
  ['LogLevel', 'ERROR'],
  ['ConnectTimeout', '30'],
  // A machine that has gone is noticed within a minute, so that no run waits for ever.
  ['ServerAliveInterval', '15'],
  ['ServerAliveCountMax', '3'],
  ['ForwardAgent', 'no'],
  ['ForwardX11', 'no'],
  ['RequestTTY', 'no'],
].flatMap(([name = '', value = '']) => ['-o', `${name}=${value}`]);

/**
 * Runs the tool on another machine through OpenSSH: `ssh host -- …`. Runs share a connection; sshd allows ten at a time
 * on one unless its `MaxSessions` says otherwise.
 *
 * The account there needs a login shell of the family of sh: sh, bash, dash, ksh, zsh. With another one, nothing is run.
 *
 * Trust: the other machine decides what the tool has said, and the account there is as good as root of it (see
 * {@link sudoExec}). Nothing of this machine's environment goes there but what `env` names. Whether the host is the right
 * one, keys and `known_hosts` decide; unknown hosts are refused, as nobody is asked.
 *
 * Who cancels reaches the tool there, except in commands that read from stdin. When the connection breaks, the tool goes on
 * to its end, and the run fails with `CONNECTION`.
 *
 * @throws RefusedError `OPTION_INVALID` for an option of the wrong type, and a host that ssh would take for an option; in runs, for the name of a variable in
 * `env` that a shell would take for anything else.
 */
export function sshExec(options: SshOptions): Exec {
  requireCall(FUNCTIONS.sshExec, [options]);
  const { host, args = [], ssh = 'ssh' } = options;
  if (!HOST.test(host))
    throw new RefusedError('OPTION_INVALID', `${JSON.stringify(host)} is not a host name`);
  const before = [...OPTIONS, ...sharing(options.controlPath), ...args, '--', host];

  return async (request) => {
    const ownsStdin = request.stdin !== undefined;
    const script = sshScript({ ...request, ownsStdin });
    const command = { file: ssh, argv: [...before, script], env: {} };
    if (ownsStdin) return translate(await localExec({ ...request, ...command }), host);

    const control = new PassThrough();
    const stop = stopOn(request, (signal) => control.write(`${signal.slice('SIG'.length)}\n`));
    const outcome = await localExec({ ...withoutLimits(request), ...command, stdin: control });
    stop.disarm();
    return translate(
      {
        ...outcome,
        // That nobody reads the control any more, when all is over.
        streamError: undefined,
        cancelled: stop.why() === 'cancelled',
        timedOut: stop.why() === 'timedOut',
      },
      host,
    );
  };
}

function sharing(path: SshOptions['controlPath'] = join(homedir(), '.ssh', 'ploop-%C')): string[] {
  if (path === false) return ['-o', 'ControlMaster=no', '-o', 'ControlPath=none'];
  return ['-o', 'ControlMaster=auto', '-o', `ControlPath=${path}`, '-o', 'ControlPersist=60'];
}

function withoutLimits(request: ExecRequest): ExecRequest {
  return { ...request, signal: undefined, timeoutMs: undefined, killAfterMs: undefined };
}

/** What a shell exits with for a program that a signal has ended: 128 and the number of the signal. */
const signals = new Map(
  Object.entries(constants.signals).map(([name, number]) => [128 + number, name]),
);

/** The outcome of ssh as that of the tool. */
function translate(outcome: ExecOutcome, host: string): ExecOutcome {
  const { exitCode: status, signal, stderr } = outcome;
  const said = (what: string): string => `${what}: ${stderr.text.trim()}`;
  if (status === undefined) {
    // ssh itself was ended here; of what goes on there nothing is known.
    if (signal === undefined) return outcome;
    return { ...outcome, connectionError: new Error(`ssh to ${host} was ended by ${signal}`) };
  }
  if (status === 255)
    return { ...outcome, connectionError: new Error(said(`ssh to ${host} failed`)) };
  const exitCode = programStatus(status);
  if (exitCode === undefined)
    return notStarted(
      outcome,
      'EACCES',
      said(`the login shell at ${host} exited with ${String(status)}`),
    );
  if (exitCode === 127) return notStarted(outcome, 'ENOENT', said(host));
  if (exitCode === 126) return notStarted(outcome, 'EACCES', said(host));
  const ended = signals.get(exitCode);
  return ended === undefined
    ? { ...outcome, exitCode }
    : { ...outcome, exitCode: undefined, signal: ended };
}

function notStarted(outcome: ExecOutcome, code: string, message: string): ExecOutcome {
  return {
    ...outcome,
    exitCode: undefined,
    spawnError: Object.assign(new Error(message), { code }),
  };
}
