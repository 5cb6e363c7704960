import { expect, test } from 'vitest';

import { DIRECTORY, LIVES, type Life } from '../../../descriptor/test/recorded/life.ts';
import { replay, type Verdict } from '../../../descriptor/test/recorded/replay.ts';
import { commands, createRunner, isPloopError, type Command, type CommandName } from '../../src/index.ts';
import type { Call, Files } from './calls.ts';
import { replaying } from './replay.ts';

const RELEASES = [...new Set(LIVES.map(({ release }) => release))];
const DESCRIPTOR = `${DIRECTORY}/DiskDescriptor.xml`;

type AnyCommand = Command<unknown, unknown>;
type Input = Readonly<Record<string, unknown>>;

/** The tool takes GUIDs without braces as well. */
const guidIn = (text: unknown): unknown =>
  typeof text === 'string' && !text.startsWith('{') ? `{${text}}` : text;
const guidsIn = ({ guid, ancestor, ...input }: Input): Input => ({
  ...input,
  ...(guid !== undefined && { guid: guidIn(guid) }),
  ...(ancestor !== undefined && { ancestor: guidIn(ancestor) }),
});

/** Recorded operations as commands. */
const OPERATIONS: Readonly<Record<string, readonly [CommandName, (input: Input) => Input]>> = {
  snapshot: ['snapshot', (input) => input],
  switch: ['snapshotSwitch', (input) => input],
  delete: ['snapshotDelete', (input) => ({ ...input, discardTop: true })],
  merge: ['snapshotMerge', ({ newFile, ...input }) => ({ ...input, ...(newFile !== undefined && { into: newFile }) })],
  replace: [
    'replace',
    ({ target, newFile, keepName }) => {
      const { guid, file } = target as { guid?: string; file?: string };
      return { ...(guid === undefined ? { image: file } : { guid }), replacement: newFile, keepName };
    },
  ],
};

/** Why the runner alone refuses a step. */
async function reasonOf({ life, at, step }: Verdict, before: Files): Promise<string | undefined> {
  const [name, inputOf] = OPERATIONS[step.op] ?? [];
  if (name === undefined || inputOf === undefined) return undefined;
  const command = commands[name] as AnyCommand;
  const { release } = life;
  const where = `${release} life ${String(life.seed)} ${String(at)}`;
  const call: Call = { release, where, argv: [], exit: 0, stdout: '', stderr: '', before, after: before };
  const exec = replaying(call, command.name);
  const runner = createRunner({ binary: 'ploop', exec, release: { from: release, to: release } });
  try {
    await runner.preflight(command, {
      descriptor: DESCRIPTOR,
      ...guidsIn(inputOf(step.input ?? {})),
    });
    return undefined;
  } catch (error) {
    if (isPloopError(error)) return error.reason;
    throw error;
  }
}

/** The files before each step. */
function filesOf({ steps }: Life): readonly Files[] {
  const all: Files[] = [];
  let files: Files = { descriptors: new Map(), others: new Set() };
  for (const step of steps) {
    all.push(files);
    const text = step.descriptor;
    const names: readonly string[] = Array.isArray(step.files) ? step.files : Object.keys(step.files ?? {});
    files = {
      descriptors: text === undefined ? files.descriptors : new Map(text === null ? [] : [[DESCRIPTOR, text]]),
      others: step.files === undefined ? files.others : new Set(names.map((name) => `${DIRECTORY}/${name}`)),
    };
  }
  return all;
}

const isLoss = ({ step }: Verdict): boolean =>
  step.exit === 0 && (step.topKept === false || (step.lost ?? []).length > 0);

/** A plan refuses what the tool does not. */
const isOurs = ({ plan }: Verdict): boolean =>
  plan.outcome === 'refused' && plan.refusals[0]?.exitCode === undefined;

/** Releases compare some GUIDs of a merge letter by letter: no other spelling than that of the descriptor is taken. */
const isSpelled = ({ step }: Verdict, reason: string): boolean =>
  step.op === 'merge' && reason === 'GUID_INVALID';

test.each(RELEASES)('%s: the runner alone refuses what loses data, and what else its plan does', async (release) => {
  const numbers = { steps: 0, losses: 0, refused: 0, stricter: 0 };
  const wrong: string[] = [];
  for (const life of LIVES.filter((one) => one.release === release)) {
    const files = filesOf(life);
    for (const verdict of replay(life)) {
      const before = files[verdict.at];
      if (before === undefined) continue;
      const reason = await reasonOf(verdict, before);
      const { step } = verdict;
      const told = `life ${String(life.seed)}, step ${String(verdict.at)}: ${step.op} ${JSON.stringify(step.input)}: ${String(reason)}`;
      numbers.steps += 1;
      if (isLoss(verdict)) {
        numbers.losses += 1;
        numbers.refused += reason === undefined ? 0 : 1;
        if (reason === undefined) wrong.push(`loses: ${told}`);
      } else if (step.exit === 0 && reason !== undefined) {
        numbers.stricter += 1;
        if (!isOurs(verdict) && !isSpelled(verdict, reason)) wrong.push(`works: ${told}`);
      }
    }
  }
  console.info(`${release} ${JSON.stringify(numbers)}`);
  expect(wrong).toEqual([]);
});
