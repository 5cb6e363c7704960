import { commandLine, type Command, type ParseContext } from './command.ts';
import { withRelease } from './context.ts';
import type { Environment } from './environment.ts';
import type { See } from './effect/disk-view.ts';
import { sightOf, verifyEffect, type Lookout } from './effect/verify.ts';
import { OutputError, RefusedError } from './errors.ts';
import type { Exec, ExecOutcome } from './exec.ts';
import { ExitCode } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import type { Look } from './files.ts';
import { logRun, toolLevel, type LogSink } from './log.ts';
import { reportLines } from './one-line.ts';
import { isSummary } from './probe/marks.ts';
import { describeRelease, isTooOld, type Release } from './release.ts';
import type { RunFacts } from './run-facts.ts';
import type { Completed, RunnerOptions, RunOptions } from './runner-options.ts';
import { tell } from './sinks.ts';
import { parseToolErrors } from './tool-errors.ts';
import type { Tool } from './tool.ts';

/** What ends a run early. */
type RunLimits = Pick<RunOptions, 'signal' | 'timeoutMs' | 'killAfterMs'>;

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

const TOO_MUCH = { expected: 'an output that fits into memory' };

/** The arguments of a run that nothing speaks against. What has to be found out for that can be cancelled as the run. */
export async function prepare<Input>(
  { tool, look, see, sinks, run, exec, env }: Workshop,
  command: Command<Input, unknown>,
  input: Input,
  limits: RunLimits = {},
): Promise<readonly string[]> {
  refuseTooOld(tool.known()?.release);
  const level = command.verbosity === -1 ? -1 : Math.max(command.verbosity, toolLevel(sinks));
  const argv = await withRelease(tool, (context) => commandLine(command, input, context, level));
  await withRelease(tool, (context) =>
    command.guard?.(input, {
      get release() {
        return context.release;
      },
      look,
      see,
      ask: async (file, ...words) => {
        const { exitCode, stdout } = await exec({ file, argv: words, env, ...limits });
        return exitCode === 0 ? stdout.text : undefined;
      },
      run: (asked, given) => run(asked, given, limits),
    }),
  );
  return argv;
}

/** One try of a run: checks what speaks against it, waits for its turn, runs the tool and reads what it said. */
export async function attempt<Input, Result>(
  workshop: Workshop,
  command: Command<Input, Result>,
  input: Input,
  limits: RunLimits,
): Promise<Completed<Result>> {
  const { tool, onRun, limited } = workshop;
  const argv = await prepare(workshop, command, input, limits);
  const streams = command.streams?.(input);
  const isData = command.verbosity === -1;
  const request = { file: tool.file, argv, env: workshop.env, ...limits, ...streams };
  const effect = command.effect?.(input);
  const start = async () =>
    ({
      before: effect === undefined ? 'unreadable' : await sightOf(workshop, effect),
      ...(await startLogged(workshop, request, isData)),
    }) as const;
  const { before, outcome, durationMs, run } =
    streams === undefined ? await limited(start, limits.signal) : await start();
  const { exitCode, signal, stdout, stderr } = outcome;
  const facts: RunFacts = {
    argv: [tool.file, ...argv],
    stdout: stdout.text,
    stderr: stderr.text,
    toolErrors: parseToolErrors(stderr.text),
  };
  const { name: subcommand, mutates } = command;
  const ran = { subcommand, mutates, timeoutMs: limits.timeoutMs };
  const failure = failureOf(outcome, facts, ran);
  const warnings = failure === undefined ? reportLines(stderr.text) : [];
  const event = { argv: facts.argv, durationMs, exitCode, signal, stderr: stderr.text };
  tell(onRun, { ...event, warnings, run });
  // Releases before 1.11 print the summary for any call, so the release matters only then.
  if (exitCode === ExitCode.PARAM && isSummary(stderr.text)) refuseTooOld(await tool.release());
  if (failure !== undefined) throw failure;

  const parsed = await withRelease(tool, (context) => {
    const parseContext: ParseContext = {
      get release() {
        return context.release;
      },
      stderr: stderr.text,
    };
    return stdout.droppedBytes > 0 ? TOO_MUCH : command.parse(stdout.text, input, parseContext);
  });
  if ('expected' in parsed) throw new OutputError(parsed.expected, facts);
  const verified =
    effect === undefined
      ? undefined
      : await verifyEffect(lookoutOf(workshop), effect, { subcommand, facts, before });
  const { argv: line, toolErrors } = facts;
  return {
    value: parsed.value,
    warnings,
    toolErrors,
    argv: line,
    stdout: facts.stdout,
    durationMs,
    verified,
  };
}

/** What is asked to verify a run is not ended with it. */
function lookoutOf({ run, ...workshop }: Workshop): Lookout {
  return { ...workshop, run: (command, input) => run(command, input, {}) };
}

function refuseTooOld(release: Release | undefined): void {
  if (release !== undefined && isTooOld(release))
    throw new RefusedError(
      'NOT_IN_RELEASE',
      `ploop of release ${describeRelease(release)} cannot be driven: it has no -v before the subcommand`,
      'Install release 1.11 or later. Reading disks needs no tool.',
    );
}

interface Ran {
  readonly outcome: ExecOutcome;
  readonly durationMs: number;
  readonly run: number;
}

async function startLogged(
  { exec, sinks, nextRun }: Workshop,
  request: Parameters<Exec>[0],
  isData: boolean,
): Promise<Ran> {
  const run = nextRun();
  const started = performance.now();
  if (sinks.length === 0) {
    const outcome = await exec(request);
    return { outcome, durationMs: performance.now() - started, run };
  }
  const { onOutput, end } = logRun(sinks, {
    argv: [request.file, ...request.argv],
    run,
    isData,
  });
  const outcome = await exec({ ...request, onOutput });
  end();
  return { outcome, durationMs: performance.now() - started, run };
}
