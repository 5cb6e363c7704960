import { resolve } from 'node:path';

import { commandLine, type Command, type Parsed } from './command.ts';
import { commands } from './commands/index.ts';
import { toolEnvironment, type Environment } from './environment.ts';
import { AbortedError, NO_RUN, OutputError, RefusedError, type RunFacts } from './errors.ts';
import { createExclusive, type Exclusive } from './exclusive.ts';
import { localExec, type Exec } from './exec.ts';
import { failureOf } from './failure.ts';
import { lookLocally } from './files.ts';
import type { Release } from './release.ts';
import { parseToolErrors } from './tool-errors.ts';

/** What a runner is made from. */
export interface RunnerOptions {
  /** The tool: a name, which is looked for in PATH and the sbin directories, or an absolute path. Default `ploop`. */
  readonly binary?: string | undefined;
  /** Variables to add to the environment of this process. */
  readonly env?: Environment | undefined;
  /** What runs a program. Default: on this machine, without a shell. */
  readonly exec?: Exec | undefined;
  /** Which release the tool is: what it lacks is refused. Default: unknown, and nothing is refused on its account. */
  readonly release?: Release | undefined;
  /** Told of every run when it has ended. Must not throw. */
  readonly onRun?: ((event: RunEvent) => void) | undefined;
}

/** One run, as `onRun` is told. */
export interface RunEvent {
  readonly argv: readonly string[];
  readonly durationMs: number;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Not empty in many successful runs, too. */
  readonly stderr: string;
}

/** What a single run can be given. */
export interface RunOptions {
  /** Sends the tool SIGTERM. It may finish all the same: many operations cannot be interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the tool is sent SIGTERM. Default: none, as the tool itself waits 60 s for a lock. */
  readonly timeoutMs?: number | undefined;
}

type Commands = typeof commands;
type InputOf<Row> = Row extends { argv: (input: infer Input) => unknown } ? Input : never;
type ResultOf<Row> = Row extends { parse: (...given: never[]) => Parsed<infer Result> }
  ? Result
  : never;

/** A method for each subcommand. */
export type RunnerMethods = {
  readonly [Name in keyof Commands]: (
    input: InputOf<Commands[Name]>,
    options?: RunOptions,
  ) => Promise<ResultOf<Commands[Name]>>;
};

/** Runs the tool. */
export interface Runner extends RunnerMethods {
  /**
   * Runs a command and gives its parsed result. Exit code 0 is success, whatever stands on stderr.
   *
   * @throws PloopError with code `REFUSED`, `SPAWN`, `EXIT`, `SIGNAL`, `ABORTED`, `TIMEOUT` or `OUTPUT`.
   */
  readonly run: <Input, Result>(
    command: Command<Input, Result>,
    input: Input,
    options?: RunOptions,
  ) => Promise<Result>;
  /** Throws what {@link Runner.run} would refuse, and starts nothing that changes a disk. */
  readonly preflight: <Input>(command: Command<Input, unknown>, input: Input) => Promise<void>;
  /**
   * Runs work that has the same key one after the other: for what takes several runs, or a run and reads around it. The
   * key of a disk is the real path of its descriptor.
   */
  readonly exclusive: Exclusive;
}

/** A runner for the tool on this machine, unless the options say otherwise. Starts nothing by itself. */
export function createRunner(options: RunnerOptions = {}): Runner {
  const { env = {}, exec = localExec, onRun, release } = options;
  const binary = locate(options.binary ?? 'ploop');
  const exclusive = createExclusive();

  /** The arguments of a run that nothing speaks against. */
  const prepare = async <Input>(
    command: Command<Input, unknown>,
    input: Input,
  ): Promise<readonly string[]> => {
    const argv = commandLine(command, input, { release });
    await command.guard?.(input, { release, look: lookLocally, run });
    return argv;
  };
  const preflight: Runner['preflight'] = async (command, input) => {
    await prepare(command, input);
  };
  const run: Runner['run'] = async (command, input, { signal, timeoutMs } = {}) => {
    if (timeoutMs !== undefined && !(timeoutMs > 0))
      throw new RefusedError('OPTION_INVALID', `timeoutMs is ${String(timeoutMs)}`);
    const argv = await prepare(command, input);
    if (signal?.aborted === true) throw new AbortedError({ ...NO_RUN, argv: [binary, ...argv] });
    const started = performance.now();
    const outcome = await exec({
      file: binary,
      argv,
      env: toolEnvironment(process.env, env),
      signal,
      timeoutMs,
      ...command.streams?.(input),
    });
    const { exitCode, signal: endedBy, stdout, stderr } = outcome;
    const facts: RunFacts = {
      argv: [binary, ...argv],
      stdout: stdout.text,
      stderr: stderr.text,
      toolErrors: parseToolErrors(stderr.text),
    };
    tell(onRun, {
      argv: facts.argv,
      durationMs: performance.now() - started,
      exitCode,
      signal: endedBy,
      stderr: facts.stderr,
    });
    const failure = failureOf(outcome, facts, { subcommand: command.name, timeoutMs });
    if (failure !== undefined) throw failure;

    const parsed =
      stdout.droppedBytes > 0
        ? TOO_MUCH
        : command.parse(stdout.text, input, { stderr: facts.stderr, release });
    if ('expected' in parsed) throw new OutputError(parsed.expected, facts);
    return parsed.value;
  };
  return { run, preflight, exclusive, ...bindMethods(run) };
}

/** A name is looked for in PATH; a path is one from where the caller is, not from where the tool runs. */
function locate(binary: string): string {
  return binary.includes('/') ? resolve(binary) : binary;
}

/** What the callback throws must not pass for a failure of the run: it becomes an uncaught exception. */
function tell(onRun: RunnerOptions['onRun'], event: RunEvent): void {
  try {
    onRun?.(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const TOO_MUCH = { expected: 'an output that fits into memory' };

function bindMethods(run: Runner['run']): RunnerMethods {
  const bound = Object.entries(commands).map(([name, command]) => [
    name,
    (input: never, options?: RunOptions) =>
      run(command as Command<unknown, unknown>, input, options),
  ]);
  return Object.fromEntries(bound) as RunnerMethods;
}
