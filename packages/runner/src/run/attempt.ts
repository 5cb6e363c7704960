import type { Command, Parsed } from '../command.ts';
import { info } from '../commands/info.ts';
import { sightOf, verifyEffect, type Lookout } from '../effect/verify.ts';
import { ExitError, OutputError } from '../errors/errors.ts';
import { ExitCode } from '../errors/exit-codes.ts';
import { failureOf } from '../errors/failure.ts';
import { reportLines } from '../errors/one-line.ts';
import type { RunFacts } from '../errors/run-facts.ts';
import { parseToolErrors } from '../errors/tool-errors.ts';
import type { Exec, ExecOutcome } from '../exec/exec.ts';
import { logRun } from '../log/log.ts';
import { isSummary } from '../release/marks.ts';
import type { Call } from './command-line.ts';
import { guardContext, prepare, refuseTooOld } from './prepare.ts';
import type { Completed } from './runner-options.ts';
import { tell } from './sinks.ts';
import type { RunLimits, Workshop } from './workshop.ts';

const TOO_MUCH = { expected: 'an output that fits into memory' };

/** One try of a run: checks what speaks against it, waits for its turn, runs the tool and reads what it said. */
export async function attempt<Input, Result>(
  workshop: Workshop,
  command: Command<Input, Result>,
  input: Input,
  call: Call,
  limits: RunLimits,
): Promise<Completed<Result>> {
  const { tool, onRun, limited } = workshop;
  const { argv } = call;
  await prepare(workshop, command, input, call, limits);
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
  const answer =
    failure instanceof ExitError && exitCode !== undefined
      ? await command.onExit?.(exitCode, input, guardContext(workshop, limits))
      : undefined;
  if (failure !== undefined && answer === undefined) throw failure;

  const parse = (): Parsed<Result> =>
    stdout.droppedBytes > 0 ? TOO_MUCH : command.parse(stdout.text, input, { stderr: stderr.text });
  const parsed = answer ?? parse();
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
  return { ...workshop, info: (descriptor) => run(info, { descriptor }, {}) };
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
