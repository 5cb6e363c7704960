import { FUNCTIONS, METHODS } from './arguments/functions.ts';
import { requireCall } from './arguments/require.ts';
import { descriptorPath } from './argv/paths.ts';
import type { Command, Parsed } from './command.ts';
import { commands } from './commands/index.ts';
import { seeLocally, seeThrough } from './effect/disk-view.ts';
import { AbortedError } from './errors/errors.ts';
import { NO_RUN } from './errors/run-facts.ts';
import { localExec } from './exec/exec.ts';
import { withFirst } from './exec/on-abort.ts';
import { withDirectoryLock } from './lock/directory-lock.ts';
import { diskKey, remoteDiskKey } from './lock/disk-key.ts';
import { createExclusive, createLimit, type Alone, type Exclusive } from './lock/exclusive.ts';
import { holdLock, requireFileLock, type LockOptions } from './lock/hold-lock.ts';
import { retryLocked } from './lock/lock-retry.ts';
import type { Release } from './release/release.ts';
import { attempt } from './run/attempt.ts';
import { requireInput } from './run/command-line.ts';
import { checkNumbers } from './run/options.ts';
import { callFor, prepare, requireRelease } from './run/prepare.ts';
import type { Completed, RunnerOptions, RunOptions } from './run/runner-options.ts';
import { sinksOf } from './run/sinks.ts';
import type { Workshop } from './run/workshop.ts';
import { lookLocally } from './tool/files.ts';
import { loadEach, modulesOf, type LoadedModule } from './tool/load-modules.ts';
import { lookThrough } from './tool/look-through.ts';
import { createTool } from './tool/tool.ts';

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
   * Runs a command and returns its parsed result. Exit code 0 is success, whatever stands on stderr, unless the descriptor
   * does not show what the run was for. {@link Runner.complete} says whether that could be read.
   *
   * @throws PloopError with code `REFUSED`, `SPAWN`, `EXIT`, `SIGNAL`, `ABORTED`, `TIMEOUT`, `OUTPUT` or `OUTCOME`.
   */
  readonly run: <Input, Result>(
    command: Command<Input, Result>,
    input: Input,
    options?: RunOptions,
  ) => Promise<Result>;
  /** The same, with what the tool had to say besides. */
  readonly complete: <Input, Result>(
    command: Command<Input, Result>,
    input: Input,
    options?: RunOptions,
  ) => Promise<Completed<Result>>;
  /** Throws what {@link Runner.run} would refuse, and starts nothing that changes a disk. */
  readonly preflight: <Input>(command: Command<Input, unknown>, input: Input) => Promise<void>;
  /**
   * Runs work on a disk, named by the path of its descriptor, in turn with what else changes that disk through this runner,
   * or through this package in another process: for what takes several runs, or a run and reads around it. Every run that
   * changes a disk is such work by itself. Whatever path leads to the disk, it is the same. Work on two disks, one inside of
   * the other, must take them in the same order everywhere.
   *
   * Processes keep apart by `flock` on the directory of the disk, where `localExec` runs the tool and `flock` of util-linux
   * is there. One that waits for 60 s fails with an `EXIT` error of code 23 that is `retryable`. Programs that run the tool
   * without this package take no such lock. A process that the work itself starts must not change the disk: it would wait for
   * the work.
   */
  readonly exclusive: Exclusive;
  /**
   * Does work while it holds the tool's own lock of a disk, so that no run of the tool changes the disk
   * meanwhile: for what is done without the tool. Such work must not run the tool on the disk, which would wait for the lock.
   * Needs `flock` of util-linux where the tool runs.
   *
   * @throws RefusedError `NOT_IN_RELEASE` from 8.0.59 on, whose lock only the tool can hold.
   * @throws PloopError `EXIT` with 23, `retryable`, where somebody else holds the lock; `SPAWN`, `ABORTED`.
   */
  readonly locked: <Result>(
    descriptor: string,
    work: () => Promise<Result>,
    options?: LockOptions,
  ) => Promise<Result>;
  /** Which release the tool is, as far as its usages show; `undefined` if it is not one that is known. */
  readonly release: () => Promise<Release | undefined>;
  /** Loads the kernel modules that the tool's release works with. Nothing else does: a missing one is not an error here. */
  readonly loadModules: () => Promise<readonly LoadedModule[]>;
}

const CONCURRENCY = 8;

/**
 * A runner for the tool on this machine, unless the options say otherwise. Starts nothing by itself.
 *
 * @throws RefusedError `OPTION_INVALID` for an option of the wrong type, numbers without a meaning, and a log file that cannot be written to.
 */
export function createRunner(options: RunnerOptions = {}): Runner {
  requireCall(FUNCTIONS.createRunner, [options]);
  checkNumbers(options);
  const { env = {}, exec = localExec, onRun, release, lockRetry } = options;
  const isLocal = exec.isLocal === true;
  const tool = createTool({ binary: options.binary ?? 'ploop', exec, env, release });
  const alone: Alone = (directory, work, given) =>
    withFirst([options.signal, given], (signal) =>
      withDirectoryLock(directory, work, { env, retry: options.lockRetry, signal }),
    );
  const exclusive = isLocal ? createExclusive(diskKey, alone) : createExclusive(remoteDiskKey);
  let runs = 0;

  const complete: Runner['complete'] = async (command, input, given = {}) => {
    requireCall(METHODS.complete, [command, input, given]);
    requireInput(command, input);
    checkNumbers(given);
    return withFirst([options.signal, given.signal], (signal) =>
      completed(command, input, given, signal),
    );
  };
  const completed = async <Input, Result>(
    command: Command<Input, Result>,
    input: Input,
    given: RunOptions,
    signal: AbortSignal | undefined,
  ): Promise<Completed<Result>> => {
    const timeoutMs = given.timeoutMs ?? (command.mutates ? undefined : options.timeoutMs);
    const limits: RunOptions = { killAfterMs: given.killAfterMs, signal, timeoutMs };
    // What is refused anyway need not wait for its turn.
    const call = callFor(workshop, command, input);
    await requireRelease(workshop, call);
    const cancelled = (): Error => new AbortedError({ ...NO_RUN, argv: [tool.file, ...call.argv] });
    const work = () =>
      retryLocked(() => attempt(workshop, command, input, call, limits), lockRetry, {
        signal,
        cancelled,
      });
    const disk = command.mutates ? command.disk?.(input) : undefined;
    try {
      signal?.throwIfAborted();
      return await (disk === undefined ? work() : exclusive(disk, work, signal, command.turns));
    } catch (error) {
      throw signal?.aborted === true && error === signal.reason ? cancelled() : error;
    }
  };
  const run: Runner['run'] = async (command, input, given) =>
    (await complete(command, input, given)).value;
  const workshop: Workshop = {
    tool,
    exec,
    env,
    look: isLocal ? lookLocally : lookThrough(exec, env),
    see: isLocal ? seeLocally(exec, env) : seeThrough(exec, env),
    sinks: sinksOf(options),
    onRun,
    limited: createLimit(options.concurrency ?? CONCURRENCY),
    run,
    nextRun: () => (runs += 1),
  };
  return {
    ...bindMethods(run),
    run,
    complete,
    exclusive: async (key, work, signal, among) => {
      requireCall(METHODS.exclusive, [key, work, signal, among]);
      return exclusive(key, work, signal, among);
    },
    preflight: async (command, input) => {
      requireCall(METHODS.preflight, [command, input]);
      requireInput(command, input);
      await prepare(workshop, command, input, callFor(workshop, command, input));
    },
    locked: async (descriptor, work, given = {}) => {
      requireCall(METHODS.locked, [descriptor, work, given]);
      descriptorPath(descriptor);
      checkNumbers(given);
      requireFileLock(await tool.release());
      return withFirst([options.signal, given.signal], (signal) => {
        const hold = () => holdLock({ exec, env }, descriptor, work, { ...given, signal });
        return exclusive(descriptor, hold, signal);
      });
    },
    release: tool.release,
    loadModules: async () => loadEach(modulesOf(await tool.release()), exec, env),
  };
}

function bindMethods(run: Runner['run']): RunnerMethods {
  const bound = Object.entries(commands).map(([name, command]) => [
    name,
    (input: never, options?: RunOptions) =>
      run(command as Command<unknown, unknown>, input, options),
  ]);
  return Object.fromEntries(bound) as RunnerMethods;
}
