import {
  commands,
  reportedFiles,
  isPloopError,
  type Command,
  type ReportedFiles,
  type Runner,
  type RunOptions,
} from '@ploop/runner';

type AnyCommand = Command<unknown, unknown>;

/** One run of the tool that may have changed something. */
export interface TracedRun {
  readonly command: AnyCommand;
  readonly input: unknown;
  readonly succeeded: boolean;
  readonly reported: ReportedFiles;
}

/** A runner, and what was run through it that changes something. */
export interface Traced {
  readonly runner: Runner;
  readonly runs: readonly TracedRun[];
}

/** A runner that keeps what its runs say they do to files. */
export function traced(runner: Runner): Traced {
  const runs: TracedRun[] = [];
  const complete: Runner['complete'] = async (command, input, options) => {
    const keep = (succeeded: boolean, said: { readonly stdout: string }): void => {
      if (!command.mutates) return;
      runs.push({
        command: command as AnyCommand,
        input,
        succeeded,
        reported: reportedFiles(said),
      });
    };
    try {
      const completed = await runner.complete(command, input, options);
      keep(true, completed);
      return completed;
    } catch (error) {
      if (isPloopError(error) && isStarted(error.code)) keep(error.code === 'OUTCOME', error);
      throw error;
    }
  };
  const run: Runner['run'] = async (command, input, options) =>
    (await complete(command, input, options)).value;
  const methods = Object.entries(commands as Readonly<Record<string, AnyCommand>>)
    .filter(([, command]) => command.mutates)
    .map(([name, command]) => [
      name,
      (input: unknown, options?: RunOptions) => run(command, input, options),
    ]);
  return {
    runner: { ...runner, ...(Object.fromEntries(methods) as Partial<Runner>), run, complete },
    runs,
  };
}

function isStarted(code: string): boolean {
  return code !== 'REFUSED' && code !== 'SPAWN';
}
