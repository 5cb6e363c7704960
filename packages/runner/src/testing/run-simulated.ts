import { ExitCode } from '../errors/exit-codes.ts';
import type { ExecOutcome, ExecRequest } from '../exec/exec.ts';
import { COMMANDS } from './commands/index.ts';
import { holds } from './facts.ts';
import { Killed } from './faults.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import type { Simulation, SimulatedCommand } from './simulation.ts';
import { notSimulated, ToolExit } from './tool-exit.ts';
import { UsageError } from './usage-error.ts';
import { isKnown, isOption, summary, usage } from './usage.ts';
import { parseWords, splitWords, type Words } from './words.ts';

/** One run of the simulated tool: what it prints, and how it ends. */
export async function runSimulated(
  { argv }: Pick<ExecRequest, 'argv'>,
  simulation: Simulation,
): Promise<Pick<ExecOutcome, 'exitCode' | 'signal' | 'stdout' | 'stderr'>> {
  const { verbosity, subcommand } = splitWords(argv);
  const log = createRunLog(verbosity);
  const end = await endOf(argv, subcommand, simulation, log);
  return {
    ...end,
    stdout: { text: log.stdout(), droppedBytes: 0 },
    stderr: { text: log.stderr(), droppedBytes: 0 },
  };
}

async function endOf(
  argv: readonly string[],
  subcommand: string,
  simulation: Simulation,
  log: RunLog,
): Promise<Pick<ExecOutcome, 'exitCode' | 'signal'>> {
  const { release } = simulation;
  if (!isKnown(subcommand, release)) {
    log.error(summary(subcommand, release).trimEnd());
    return { exitCode: ExitCode.PARAM };
  }
  const command = COMMANDS[subcommand];
  try {
    const words = wordsOf(argv, subcommand, command, simulation);
    if (command === undefined) throw notSimulated(`ploop ${subcommand}`);
    await command.run({ simulation, words, log });
    return { exitCode: 0 };
  } catch (error) {
    if (!(error instanceof ToolExit)) return unknownEnd(error, subcommand, log);
    if (error instanceof Killed) return { signal: error.signal };
    if (error.message !== '') log.error(error.message);
    if (error instanceof UsageError) log.error(usage(subcommand, release).trimEnd());
    return { exitCode: error.exitCode };
  }
}

/** A run that met what no recording shows: a system or an image that refuses. */
function unknownEnd(
  error: unknown,
  subcommand: string,
  log: RunLog,
): { readonly exitCode: number } {
  const { exitCode, message } = notSimulated(`ploop ${subcommand} where ${String(error)}`);
  log.error(message);
  return { exitCode };
}

/** The words of a call, if the release takes its options. */
function wordsOf(
  argv: readonly string[],
  subcommand: string,
  command: SimulatedCommand | undefined,
  { release }: Simulation,
): Words {
  const { rest } = splitWords(argv);
  const program = subcommand.split(' ').at(-1) ?? '';
  const unknown = rest.find(
    (word) => /^--?[a-zA-Z]/.test(word) && !isOption(subcommand, word, release),
  );
  if (unknown?.startsWith('--') === true)
    throw new UsageError(`${program}: unrecognized option '${unknown}'`);
  if (unknown !== undefined)
    throw new UsageError(`${program}: invalid option -- '${unknown.slice(1, 2)}'`);
  if (command !== undefined) return parseWords(argv, command.shape, command.names);
  const hasOperand = rest.some((word) => !word.startsWith('-'));
  if (hasOperand) throw notSimulated(`ploop ${subcommand}`);
  if (subcommand === 'cbt show')
    throw new ToolExit(
      ExitCode.OPEN,
      holds('opensNull', release) ? 'open (null): Bad address' : '',
    );
  if (subcommand === 'tg-status') throw new ToolExit(ExitCode.CREAT);
  throw new UsageError();
}
