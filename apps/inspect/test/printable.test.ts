import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { main } from '../src/main.ts';

/** Characters that a file name can have; XML can hold all but the first three. */
const HOSTILE = [
  '\x1b[2J',
  '\x07\b',
  'a\nerror: forged\nb',
  '\x9b31m',
  '\x7f',
  '\u2028',
  '\u2029',
  '\u202Eabc',
  '\u2066x',
  '\u200B',
  '\uFEFFx',
] as const;
const NO_XML = ['\x1b', '\x07', '\b'];
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const reference = (text: string): string =>
  text.replace(/[^ -~]/gu, (character) => `&#${String(character.codePointAt(0))};`);

const COMMANDS: readonly (readonly string[])[] = [
  ['show'],
  ['show', '--json'],
  ...['text', 'ascii', 'mermaid', 'dot', 'svg'].map((format) => ['tree', '--format', format]),
  ['tree', '--json'],
  ['check'],
  ['check', '--deep'],
  ['check', '--json'],
  ['space'],
  ['space', '--json'],
  ['export', '--output', 'OUT'],
  ['export', '--json', '--output', 'OUT'],
  ['export', '--snapshot', 'HOSTILE', '--output', 'OUT'],
  ...['top', 'images', 'partitions', 'map', 'qemu'].flatMap((command) => [
    [command],
    [command, '--json'],
    [command, '--snapshot', 'HOSTILE'],
  ]),
  ['check', '--format', 'github'],
  ['check', '--format', 'sarif'],
  ['scan'],
  ['scan', '--json'],
  ['plan', 'snapshot'],
  ['plan', 'merge', '--json'],
  ['plan', 'snapshot', '--release', 'HOSTILE'],
  ['HOSTILE'],
  ['show', '--HOSTILE'],
  ['tree', '--format', 'HOSTILE'],
  ['tree', '--format=HOSTILE'],
];

describe.each(HOSTILE)('names with %j', (hostile) => {
  test.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
    '%s',
    async (_name, command) => {
      const directory = join(await temporaryDirectory(), `d${hostile}`);
      await mkdir(directory);
      const name = NO_XML.some((one) => hostile.includes(one)) ? 'd' : reference(hostile);
      await writeFile(
        join(directory, 'DiskDescriptor.xml'),
        descriptorXml([
          { file: `x${name}` },
          { parent: 0, file: `x${name}`, extra: `<Odd a="${name}">${name}</Odd>` },
          { parentGuid: testGuid(77), file: `/${name}/y` },
        ]),
      );
      await writeFile(
        join(directory, `root.${hostile}.{12fc7c07-078b-41f8-9db4-6fe494419bc8}`),
        '',
      );
      const argv = command.map((word) =>
        word === 'OUT' ? join(directory, 'out') : word.replace('HOSTILE', `x${hostile}`),
      );
      const { stdout, stderr } = await main([...argv, directory]);
      for (const line of `${stdout}\n${stderr}`.split('\n')) {
        expect(line).not.toMatch(UNSAFE);
        expect(line).not.toMatch(/^error: forged/);
      }
    },
  );
});
