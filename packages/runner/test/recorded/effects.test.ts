import type { Version } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { commands, createRunner, isPloopError, type Command } from '../../src/index.ts';
import { CALLED, recordedCalls, type Call } from './calls.ts';
import { commandOf } from './command-of.ts';
import { replaying } from './replay.ts';

/** A release that the runner takes for one without faults. */
const OTHER: Version = '1.15';

type AnyCommand = Command<unknown, unknown>;

/** What the runner makes of a call that exited with 0. */
type Verdict = 'verified' | 'unverified' | 'OUTCOME' | 'OUTPUT' | 'REFUSED' | 'none';

async function verdictOf(call: Call, release: Version): Promise<Verdict> {
  const ours = commandOf(call.argv);
  if (ours === undefined) return 'none';
  const command = commands[ours.name] as AnyCommand;
  if (command.effect?.(ours.input) === undefined) return 'none';
  const exec = replaying(call, command.name);
  const runner = createRunner({ binary: 'ploop', exec, release: { from: release, to: release } });
  try {
    const { verified } = await runner.complete(command, ours.input);
    return verified === true ? 'verified' : 'unverified';
  } catch (error) {
    if (!isPloopError(error)) throw error;
    return error.code as Verdict;
  }
}

/** Whether a call changed any descriptor. */
function hasChanged({ before, after }: Call): boolean {
  const texts = [...after.descriptors];
  return (
    before.descriptors.size !== after.descriptors.size ||
    texts.some(([path, text]) => before.descriptors.get(path) !== text)
  );
}

/** Calls that do what they are for without a change of the descriptor. */
const isSilent = ({ argv }: Call): boolean =>
  argv[0] === 'cbt' || argv.includes('qcow2') || argv.includes('-k') || argv.includes('--keep-name') || isSame(argv);
/** To what it is already. */
const isSame = ([subcommand]: readonly string[]): boolean =>
  ['grow', 'resize', 'convert'].includes(subcommand ?? '');

test.each(CALLED)('%s: an exit code of 0 is believed if the disk shows it', { timeout: 600_000 }, async (release) => {
  const counts: Partial<Record<Verdict, number>> = {};
  const wrong: string[] = [];
  for (const call of recordedCalls(release).filter(({ exit }) => exit === 0)) {
    // The faults of merges are refused before the start, unless the release is taken for another.
    for (const taken of call.argv[0] === 'snapshot-merge' ? [release, OTHER] : [release]) {
      const verdict = await verdictOf(call, taken);
      if (taken === release) counts[verdict] = (counts[verdict] ?? 0) + 1;
      const isChanged = hasChanged(call);
      const isWrong =
        verdict === 'OUTPUT' ||
        (verdict === 'verified' && !isChanged && !isSilent(call)) ||
        (verdict === 'unverified' && !isSilent(call)) ||
        (verdict === 'OUTCOME' && (taken === release || (isChanged && !call.argv.includes('-A'))));
      if (isWrong) wrong.push(`${taken === release ? '' : 'other '}${verdict} ${isChanged ? 'changed' : 'same'} ${call.where}`);
    }
  }
  console.info(`${release} ${JSON.stringify(counts)}`);
  expect(wrong).toEqual([]);
});
