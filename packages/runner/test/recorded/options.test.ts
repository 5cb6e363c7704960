import { compareVersions, type Version } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { commandLine } from '../../src/run/command-line.ts';
import { commands, isPloopError, type Command, type CommandName } from '../../src/index.ts';
import { cases } from '../cases/index.ts';
import type { Cases } from '../cases/case.ts';
import { knows } from './knows.ts';
import { RECORDED } from './usages.ts';

const RELEASES = RECORDED.filter((release) => compareVersions(release, '1.11') >= 0);
// As unions of every command these would take the compiler minutes.
const table: Readonly<Record<CommandName, unknown>> = commands;
const known: Readonly<Record<CommandName, unknown>> = cases;
const NAMES = Object.keys(table) as CommandName[];

interface Counts {
  offered: number;
  refused: number;
}

/** The arguments of a case with a release; `undefined` if the release lacks what it needs. */
function lineFor(name: CommandName, input: unknown, release: Version): readonly string[] | undefined {
  const command = table[name] as Command<unknown, unknown>;
  try {
    return commandLine(command, input, { release: { from: release, to: release } });
  } catch (error) {
    if (isPloopError(error) && error.reason !== undefined) return undefined;
    throw error;
  }
}

test.each(RELEASES)('%s knows each option that it is given', async (release) => {
  const counts: Counts = { offered: 0, refused: 0 };
  const unknown = new Set<string>();
  for (const name of NAMES) {
    const command = table[name] as Command<unknown, unknown>;
    for (const { input } of (known[name] as Cases<'mount'>).argv) {
      const line = lineFor(name, input, release);
      if (line === undefined) {
        counts.refused += 1;
        continue;
      }
      const options = line.slice(1 + command.name.split(' ').length).filter((word) => /^--?[a-zA-Z]/.test(word));
      for (const option of ['', ...options]) {
        counts.offered += 1;
        if ((await knows(release, command.name, option)) === false)
          unknown.add(`${command.name} ${option}`);
      }
    }
  }
  console.info(`${release} ${JSON.stringify(counts)}`);
  expect([...unknown]).toEqual([]);
  expect(counts.offered).toBeGreaterThan(100);
});
