import { compareVersions, isOneOf, type Version } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { commandLine } from '../../src/run/command-line.ts';
import { commands, isPloopError, type Command, type CommandName } from '../../src/index.ts';
import type { Cases } from '../cases/case.ts';
import { cases } from '../cases/index.ts';
import { UNOFFERED_OPTIONS } from '../unoffered-options.ts';
import { isThere, knows } from './knows.ts';
import { ASKED, RECORDED } from './usages.ts';

const RELEASES = RECORDED.filter((release) => compareVersions(release, '1.11') >= 0);
/** What no release has, except for the help of `snapshot-list`. */
const NONSENSE: readonly string[] = ['--nosuch', '--help', '-Z'];
// As unions of every command these would take the compiler minutes.
const table: Readonly<Record<CommandName, unknown>> = commands;
const known: Readonly<Record<CommandName, unknown>> = cases;

type Input = Readonly<Record<string, unknown>>;

/**
 * An input, and those with one or two fields less, with no more than one that it can do without, and with a file system that
 * every release makes.
 */
function* variants(input: Input): Generator<Input> {
  const fields = Object.keys(input);
  const without = (...names: readonly string[]): Input =>
    Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));
  const plain: readonly Input[] = 'fileSystem' in input ? [{ ...input, fileSystem: 'ext4' }] : [];
  yield input;
  for (const base of [input, ...plain])
    for (const field of fields) {
      const { [field]: value, ...rest } = base;
      yield rest;
      for (const other of fields) yield without(field, other);
      const needed = Object.fromEntries(NEEDED.flatMap((name) => (name in base ? [[name, base[name]]] : [])));
      yield { ...needed, [field]: value };
    }
}

/** Fields that name what a command is about. */
const NEEDED: readonly string[] = [
  ...['descriptor', 'device', 'image', 'images', 'path', 'size', 'fileSystem', 'volume', 'source', 'target'],
  ...['guid', 'replacement', 'directory', 'mountPoint', 'component', 'one', 'other', 'format', 'raw'],
];

/** The options that some input has our commands give to a release. */
function given(release: Version): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of Object.keys(table) as CommandName[]) {
    const command = table[name] as Command<unknown, unknown>;
    for (const { input } of (known[name] as Cases<'mount'>).argv)
      for (const variant of variants(input as unknown as Input)) {
        const line = lineFor(command, variant, release);
        for (const word of line) if (/^--?[a-zA-Z]/.test(word)) found.add(`${command.name} ${word}`);
      }
  }
  return found;
}

function lineFor(command: Command<unknown, unknown>, input: Input, release: Version): readonly string[] {
  try {
    return commandLine(command, input, { release: { from: release, to: release } });
  } catch (error) {
    if (isPloopError(error) || error instanceof TypeError) return [];
    throw error;
  }
}

test.each(RELEASES)('%s: each option that it knows is given, or is not for a reason', async (release) => {
  const ours = given(release);
  const missing = new Set<string>();
  let count = 0;
  for (const [subcommand, option] of ASKED) {
    if (NONSENSE.includes(option) || !(await isThere(release, subcommand))) continue;
    if ((await knows(release, subcommand, option)) !== true) continue;
    count += 1;
    if (!ours.has(`${subcommand} ${option}`)) missing.add(`${subcommand} ${option}`);
  }
  const expected = Object.entries(UNOFFERED_OPTIONS).flatMap(([name, { releases }]) =>
    releases === undefined || isOneOf(release, releases) ? [name] : [],
  );
  console.info(`${release} ${JSON.stringify({ known: count, unoffered: missing.size })}`);
  expect([...missing].filter((name) => !expected.includes(name))).toEqual([]);
  // What is not offered must not be given after all.
  expect(expected.filter((name) => ours.has(name))).toEqual([]);
});
