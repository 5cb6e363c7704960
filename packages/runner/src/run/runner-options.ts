import type { ToolError } from '../errors/tool-errors.ts';
import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import type { LockRetry } from '../lock/lock-retry.ts';
import type { LogEntry, LogLevel } from '../log/log.ts';
import type { Release } from '../release/release.ts';

/** What a runner is made from. */
export interface RunnerOptions {
  /** The tool: a name, which is looked for in PATH and the sbin directories, or an absolute path. Default `ploop`. */
  readonly binary?: string | undefined;
  /** Variables to add to the environment of the tool; `undefined` removes one. */
  readonly env?: Environment | undefined;
  /** What runs a program: {@link localExec}, `sudoExec()`, `sshExec({ host })`. Default: on this machine. */
  readonly exec?: Exec | undefined;
  /**
   * Which release the tool is: what it lacks is refused. Default: found out from its usages when first a command depends on
   * it, and again when another tool is put in its place; of a tool on another machine, once a minute.
   */
  readonly release?: Release | undefined;
  /** Called after every run. Must not throw. */
  readonly onRun?: ((event: RunEvent) => void) | undefined;
  /** Called with each line that the tool prints, as it comes. Must not throw. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  /** How much `onLog` receives. Default 3, as the tool's own. */
  readonly verbosity?: LogLevel | undefined;
  /** A file to append what the tool says to; it may be read and rotated meanwhile. */
  readonly logFile?: string | undefined;
  /** How much is written to `logFile`. Default 3, as libploop's own. */
  readonly logLevel?: LogLevel | undefined;
  /** Cancels all runs. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds after which a run that changes nothing is sent SIGTERM. Default: none, as the tool itself waits 60 s for a
   * lock. Runs that change something have a limit only where {@link RunOptions} says so.
   */
  readonly timeoutMs?: number | undefined;
  /** Tries again while somebody else holds the lock of the disk. Default: the first failure stands. */
  readonly lockRetry?: LockRetry | undefined;
  /**
   * How many runs there can be at a time; those that carry data on stdin or stdout are not counted. Default 8. Of the runs
   * that change the same disk there is one at a time.
   */
  readonly concurrency?: number | undefined;
}

/** One run, as `onRun` receives it. */
export interface RunEvent {
  readonly argv: readonly string[];
  readonly durationMs: number;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Not empty in many successful runs, too. */
  readonly stderr: string;
  /** The lines of stderr where the run succeeded. */
  readonly warnings: readonly string[];
  /** Counts the runs of a runner, from 1; the same in {@link LogEntry}. */
  readonly run: number;
}

/** What a single run can be given. */
export interface RunOptions {
  /** Sends the tool SIGTERM. It may finish anyway: many operations cannot be interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from its start after which the tool is sent SIGTERM. */
  readonly timeoutMs?: number | undefined;
  /**
   * Milliseconds from SIGTERM after which the tool is killed. Default: never. A tool that is killed leaves half-written
   */
  readonly killAfterMs?: number | undefined;
}

/** A run that succeeded. */
export interface Completed<Result> {
  readonly value: Result;
  /** The lines that the tool printed on stderr although it succeeded. */
  readonly warnings: readonly string[];
  /** Those of them that it calls errors. */
  readonly toolErrors: readonly ToolError[];
  readonly argv: readonly string[];
  /** What it printed, unless that went into a stream of the input. */
  readonly stdout: string;
  readonly durationMs: number;
  /**
   * Whether the descriptor, or another file, shows what the run was for. `false`: it cannot be read where the tool runs, or
   * shows nothing of it, so that the exit code is all there is. `undefined`: the command changes nothing that files show.
   */
  readonly verified: boolean | undefined;
}
