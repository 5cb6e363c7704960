import type { Command } from '../command.ts';
import type { See } from '../effect/disk-view.ts';
import type { Environment } from '../exec/environment.ts';
import type { Exec } from '../exec/exec.ts';
import type { LogSink } from '../log/log.ts';
import type { Look } from '../tool/files.ts';
import type { Tool } from '../tool/tool.ts';
import type { RunnerOptions, RunOptions } from './runner-options.ts';

/** What ends a run early. */
export type RunLimits = Pick<RunOptions, 'signal' | 'timeoutMs' | 'killAfterMs'>;

/** What runs of one runner have in common. */
export interface Workshop {
  readonly tool: Tool;
  readonly exec: Exec;
  readonly env: Environment;
  readonly look: Look;
  readonly see: See;
  readonly sinks: readonly LogSink[];
  readonly onRun: RunnerOptions['onRun'];
  /** Lets a run begin when there are not too many. */
  readonly limited: <Result>(work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;
  readonly run: <Input, Result>(
    command: Command<Input, Result>,
    input: Input,
    limits: RunLimits,
  ) => Promise<Result>;
  /** The number of the next run. */
  readonly nextRun: () => number;
}
