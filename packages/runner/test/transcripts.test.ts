import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from 'vitest';

import {
  commands,
  createRunner,
  isPloopError,
  type Command,
  type ExecOutcome,
  type Runner,
} from '../src/index.ts';

// Recorded from release 1.15 of Debian without a driver. $DIR is the directory of the disk.
const directory = join(import.meta.dirname, 'transcripts');
const binary = join(import.meta.dirname, 'programs', 'replay.sh');
const RELEASE = { from: '1.15', to: '1.15' } as const;

interface Step {
  readonly args?: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
interface Transcript {
  readonly steps: readonly Step[];
}

const table: readonly Command<never, unknown>[] = Object.values(commands);
const signals = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Our command for the recorded arguments, and what it was asked for how loudly. */
function find(args: readonly string[]) {
  const level = /^-v(-?\d)$/.exec(args[0] ?? '')?.[1];
  const words = level === undefined ? args : args.slice(1);
  const [name = '', ...rest] = words;
  const isForm = (candidate: Command<never, unknown>): boolean => candidate.name === name;
  const wants = name === 'info' && !rest.includes('-s') ? 'infoFileSystem' : undefined;
  const named = wants === undefined ? undefined : commands[wants];
  const command = named ?? table.find(isForm);
  return { command, level: level === undefined ? 3 : Number(level), rest };
}

/** A runner of a program that plays the step. */
function startsProgram(step: Step, argv: readonly string[]): Runner {
  return createRunner({
    binary,
    release: RELEASE,
    env: {
      REPLAY_ARGV: argv.join(' '),
      REPLAY_STDOUT: step.stdout,
      REPLAY_STDERR: step.stderr,
      REPLAY_EXIT: String(Math.max(0, step.exitCode)),
      REPLAY_SIGNAL: signals.get(-step.exitCode)?.slice('SIG'.length) ?? '',
    },
  });
}

/** A runner that replays the step without starting a program, in a tenth of the time. */
function startsNothing(step: Step, argv: readonly string[]): Runner {
  const output = (text: string): ExecOutcome['stdout'] => ({ text, droppedBytes: 0 });
  return createRunner({
    release: RELEASE,
    exec: (request) => {
      const exitCode = isDeepStrictEqual(request.argv, argv) ? step.exitCode : 99;
      return Promise.resolve({
        exitCode,
        cancelled: false,
        timedOut: false,
        stdout: output(step.stdout),
        stderr: output(step.stderr),
      });
    },
  });
}

describe.each(readdirSync(directory))('%s', (file) => {
  const { steps } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Transcript;
  const runs = steps.flatMap(({ args, ...step }) => {
    if (args === undefined) return [];
    const { command, level, rest } = find(args);
    return command === undefined ? [] : [{ args, step, command, level, rest }];
  });

  test.runIf(runs.length > 0)('is read as it was meant', async () => {
    for (const [index, { args, step, command, level, rest }] of runs.entries()) {
      const argv = [`-v${String(command.verbosity)}`, command.name, ...rest];
      const runner = (index === 0 || step.exitCode < 0 ? startsProgram : startsNothing)(step, argv);
      // As recorded: what our own arguments would be, other tests say.
      const recorded: Command<object, unknown> = {
        name: command.name,
        // What the release does not know was recorded, too.
        releases: [{ since: '1' }],
        verbosity: command.verbosity,
        mutates: false,
        argv: () => rest,
        parse: (stdout, input, context) => command.parse(stdout, input as never, context),
      };
      const input = { descriptor: '$DIR/DiskDescriptor.xml' };
      const outcome: unknown = await runner.run(recorded, input).catch((error: unknown) => error);
      const label = args.join(' ');
      if (step.exitCode > 0) {
        expect(outcome, label).toMatchObject({ code: 'EXIT', exitCode: step.exitCode });
        const lines = step.stderr.split('\n').filter((line) => line.startsWith('Error in '));
        expect(isPloopError(outcome) && outcome.toolErrors, label).toHaveLength(lines.length);
      } else if (step.exitCode < 0) {
        expect(outcome, label).toMatchObject({ signal: signals.get(-step.exitCode) });
      } else if (isPloopError(outcome)) {
        // Louder than we ask, or in another form of the subcommand: refused, never guessed at.
        expect([label, outcome.code, level > command.verbosity || rest.length > 1]).toEqual([
          label,
          'OUTPUT',
          true,
        ]);
      }
    }
  });
});
