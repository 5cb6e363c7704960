import { RefusedError } from '../errors/errors.ts';
import { REMOVED, SBIN, toolVariables, type Environment } from '../exec/environment.ts';
import { quoteCommand, quoteWord } from '../log/quote.ts';

/** One program to run on the other machine. */
export interface SshCommand {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Whether stdin is the program's own. Otherwise a line on it, `TERM` or `KILL`, is a signal for the program. */
  readonly ownsStdin: boolean;
}

/**
 * What the program's own statuses become on their way. A login shell that does not understand the command fails, or not even
 * that, with statuses of its own, and 255 is ssh's.
 */
const FIRST = 192;
const STATUS_255 = 254;
/** The statuses that are moved. From 62 on there are only those of /bin/sh for what it could not run, and of signals. */
const MOVED = 62;

/** The program's status by that of ssh; `undefined` where the program was not run. */
export function programStatus(status: number): number | undefined {
  if (status === STATUS_255) return 255;
  if (status >= FIRST) return status - FIRST;
  return status < MOVED ? undefined : status;
}

// A connection that breaks must not end the tool half way through: it goes on, and its messages go nowhere.
const PROTECT = "trap '' PIPE HUP";
// ssh sends no signals. The program is in the background, so that a line on stdin can be waited for meanwhile.
const CONTROLLED = `exec 3<&0 </dev/null
"$@" 3<&- &
p=$!
{ while read -r s <&3; do kill -s "$s" $p; done; } >/dev/null 2>&1 &
w=$!
exec 3<&-
wait $p
r=$?
exec >/dev/null 2>&1
kill $w`;
const PLAIN = `"$@"
r=$?`;

/**
 * The command for a login shell on the other machine, one of the family of sh. It needs `/bin/sh` there and nothing
 * else; all that the tool is given is an argument of that, never a part of a program.
 *
 * @throws RefusedError `OPTION_INVALID` for the name of a variable that a shell would take for anything else.
 */
export function sshScript({ file, argv, env, ownsStdin }: SshCommand): string {
  const { PATH, ...variables } = toolVariables(env);
  const search = PATH === undefined ? '"${PATH:-/usr/bin:/bin}"' : quoteWord(PATH);
  const exports = Object.entries(variables).map(
    ([name, value]) => `${variableName(name)}=${quoteWord(value)}`,
  );
  const script = [
    PROTECT,
    `unset ${REMOVED.join(' ')}`,
    `export PATH=${search}:${SBIN.join(':')} ${exports.join(' ')}`,
    ownsStdin ? PLAIN : CONTROLLED,
    `[ $r -eq 255 ] && exit ${String(STATUS_255)}`,
    `[ $r -lt ${String(MOVED)} ] && exit $((r + ${String(FIRST)}))`,
    'exit $r',
  ].join('\n');
  return quoteCommand(['exec', '/bin/sh', '-c', script, 'sh', file, ...argv]);
}

/** A name cannot be quoted. */
function variableName(name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new RefusedError('OPTION_INVALID', `${JSON.stringify(name)} is not a name of a variable`);
  return name;
}
