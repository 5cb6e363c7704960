import { sample } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { commands, createRunner, isPloopError, type Command, type CommandName, type PloopError } from '../../src/index.ts';
import type { Cases } from '../cases/case.ts';
import { cases } from '../cases/index.ts';
import { recordedAnswers, type RecordedAnswer } from './usages.ts';

/** How many answers each command is given, from a random one on, if not all recordings are asked for. */
const FEW = 8;
const SHOWN = process.env['PLOOP_RECORDINGS'] === undefined ? sample('recorded answers', FEW) : undefined;

// As unions of every command these would take the compiler minutes.
const table: Readonly<Record<CommandName, unknown>> = commands;
const known: Readonly<Record<CommandName, unknown>> = cases;
const NAMES = Object.keys(table) as CommandName[];

/** A line of the library about an error, found in another way than by our parser. */
const ERROR_LINES = /^(?:\[[^\]]*\] )?Error in [a-zA-Z_0-9]+ \([^)]*:[0-9]+\): /gm;

function shownOf(all: readonly RecordedAnswer[]): readonly RecordedAnswer[] {
  if (SHOWN === undefined) return all;
  const first = SHOWN.seed % all.length;
  return [...all.slice(first), ...all.slice(0, first)].slice(0, SHOWN.numRuns);
}

/** What a command makes of an answer, whatever it was given. */
async function madeOf(name: CommandName, { release, outcome }: RecordedAnswer): Promise<{ readonly value: unknown } | PloopError> {
  const row = table[name] as Command<unknown, unknown>;
  const command: typeof row = { ...row, guard: () => Promise.resolve(), effect: () => undefined };
  const exec = () => Promise.resolve(outcome);
  const runner = createRunner({ binary: 'ploop', exec, release: { from: release, to: release } });
  try {
    return { value: await runner.run(command, (known[name] as Cases<'mount'>).argv[0].input) };
  } catch (error) {
    if (isPloopError(error)) return error;
    throw error;
  }
}

test.each(NAMES)('%s makes a typed error of each answer that is not a result', async (name) => {
  const { name: subcommand } = table[name] as Command<unknown, unknown>;
  const answers = shownOf(recordedAnswers(subcommand));
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers) {
    const { exitCode, signal, stderr } = answer.outcome;
    const made = await madeOf(name, answer);
    const where = `${answer.release} ${answer.question}`;
    if ('value' in made) {
      // Without a driver no device is there; nothing else succeeds without a disk.
      expect([where, exitCode, name, made.value]).toEqual([where, 0, 'list', []]);
      continue;
    }
    if (made.code === 'REFUSED') expect([where, made.reason]).toEqual([where, 'NOT_IN_RELEASE']);
    else if (signal !== undefined) expect([where, made.code, made.signal]).toEqual([where, 'SIGNAL', signal]);
    else if (exitCode === 0) expect([where, made.code]).toEqual([where, 'OUTPUT']);
    else {
      expect([where, made.code, made.exitCode]).toEqual([where, 'EXIT', exitCode]);
      expect([where, made.toolErrors.length]).toEqual([where, (stderr.text.match(ERROR_LINES) ?? []).length]);
    }
  }
});
