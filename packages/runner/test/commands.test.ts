import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { sample } from '@ploop/test-kit';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { commands, type Command, type CommandName } from '../src/index.ts';
import { commandLine } from '../src/run/command-line.ts';
import type { Cases } from './cases/case.ts';
import { cases } from './cases/index.ts';

// As unions of every command these would take the compiler minutes.
const table: Readonly<Record<CommandName, unknown>> = commands;
const known: Readonly<Record<CommandName, unknown>> = cases;
const names = Object.keys(table) as CommandName[];
const rows = names.map((name): [CommandName, Command<unknown, unknown>, Cases<'mount'>] => [
  name,
  table[name] as Command<unknown, unknown>,
  known[name] as Cases<'mount'>,
]);

const garbage = sample('commands', 40);

describe.each(rows)('%s', (_name, command, { argv, refused, parses }) => {
  const start = [`-v${String(command.verbosity)}`, ...command.name.split(' ')].join(' ');

  test.each(argv)('argv $argv', (row) => {
    const line = commandLine(command, row.input, { release: row.release });
    expect(line.join(' ')).toBe(row.argv === '' ? start : `${start} ${row.argv}`);
  });

  test.each(refused)('refuses $reason', (row) => {
    expect(() => commandLine(command, row.input, { release: row.release })).toThrow(
      expect.objectContaining({ code: 'REFUSED', reason: row.reason }),
    );
  });

  test.each(parses)('parses $of', (row) => {
    const parsed = command.parse(row.stdout, row.input, { stderr: row.stderr ?? '' });
    if ('value' in row) expect(parsed).toEqual({ value: row.value });
    else expect(parsed).toHaveProperty('expected');
  });

  test('garbage gives a value or what was expected, never an exception', () => {
    const text = fc.string({ unit: 'binary' });
    const output = fc.oneof(text, fc.constantFrom(...parses.map(({ stdout }) => stdout), ''));
    fc.assert(
      fc.property(output, text, text, (before, after, stderr) => {
        const parsed = command.parse(`${before}${after}`, argv[0].input, { stderr });
        expect(['value', 'expected']).toEqual(expect.arrayContaining(Object.keys(parsed)));
      }),
      garbage,
    );
  });
});

test('no argument is empty, and nothing but an option begins with a dash', () => {
  for (const [name, command, { argv }] of rows)
    for (const { input } of argv) {
      const values = command.argv(input);
      const options = values.filter((value) => value.startsWith('-'));
      expect(options.every((value) => /^-[a-zA-Z]$|^--[a-z-]+$/.test(value))).toBe(true);
      if (name !== 'encrypt') expect(values).not.toContain('');
    }
});

test('every file of a command is a row, and every row has a file', async () => {
  const files = await readdir(join(import.meta.dirname, '..', 'src', 'commands'));
  const inFiles = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts')
    .map((file) =>
      file.slice(0, -3).replace(/-(.)/g, (_all, letter: string) => letter.toUpperCase()),
    );
  expect([...names].sort()).toEqual(inFiles.sort());
});
