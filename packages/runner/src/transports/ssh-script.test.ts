import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { sshScript } from './ssh-script.ts';

const command = { file: 'env', argv: ['-0'], ownsStdin: true };

/** The script as a login shell there runs it; its environment. */
function environmentOf(env: Readonly<Record<string, string>>, PATH: string): readonly string[] {
  try {
    execFileSync('/bin/sh', ['-c', sshScript({ ...command, env })], { env: { PATH } });
  } catch (error) {
    // The status is moved on its way.
    return String((error as { stdout: Buffer }).stdout).split('\0');
  }
  return [];
}

test('a variable is given as it is, and PATH may have blanks', () => {
  const value = 'a b\n$(id) \'"`';
  const variables = environmentOf({ KEY: value }, '/usr/bin:/with blanks/bin');
  expect(variables).toContain(`KEY=${value}`);
  expect(variables).toContain('PATH=/usr/bin:/with blanks/bin:/usr/sbin:/sbin:/usr/local/sbin');
});

test.each(['A;id', 'A B', '$(id)', '', '1A', 'A\nid', '-p'])('%j names no variable', (name) => {
  expect(() => sshScript({ ...command, env: { [name]: 'x' } })).toThrow(
    expect.objectContaining({ reason: 'OPTION_INVALID' }),
  );
});
