import { expect, test } from 'vitest';

import { nothing, type Command } from './command.ts';
import { commandLine } from './run/command-line.ts';

const command: Command<readonly string[], void> = {
  name: 'two words',
  verbosity: -1,
  mutates: false,
  releases: [{ since: '7.0.32' }],
  options: { '-S': [{ since: '7.0.121' }] },
  argv: (input) => input,
  parse: nothing,
};

test('verbosity, then the subcommand, then its arguments', () => {
  expect(commandLine(command, ['-S', '/a'], {})).toEqual(['-v-1', 'two', 'words', '-S', '/a']);
});

test('what the release does not have is refused, with the releases that have it', () => {
  const release = { from: '7.0.40', to: '7.0.50' } as const;
  expect(() => commandLine(command, ['-S'], { release })).toThrow(
    expect.objectContaining({
      reason: 'NOT_IN_RELEASE',
      message: 'ploop two words -S is not in release 7.0.40 to 7.0.50',
      hint: 'Releases that have it: 7.0.121 and later.',
    }),
  );
  expect(commandLine(command, [], { release })).toHaveLength(3);
  expect(() => commandLine(command, [], { release: { from: '1.15', to: '1.15' } })).toThrow(
    /two words is not in release 1.15/,
  );
});

test('what it may have is let through: the tool itself knows', () => {
  expect(commandLine(command, ['-S'], { release: { from: '7.0.32' } })).toContain('-S');
});
