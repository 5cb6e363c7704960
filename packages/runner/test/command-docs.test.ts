import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasTool } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { optionReleases, subcommandReleases } from '../src/command.ts';
import { commands, refusals, type Command, type CommandName } from '../src/index.ts';
import { describeReleases } from '../src/release/release.ts';
import { cases } from './cases/index.ts';
import { NOT_OFFERED, SUBCOMMANDS } from './not-offered.ts';
import { realCases } from './real/index.ts';
import { UNOFFERED_OPTIONS } from './unoffered-options.ts';

const root = join(import.meta.dirname, '../../..');
const table: Readonly<Record<CommandName, unknown>> = commands;
const names = Object.keys(table) as CommandName[];
const commandOf = (name: CommandName): Command<unknown, unknown> =>
  table[name] as Command<unknown, unknown>;

test('every subcommand of every release is a row, or says why it is none', () => {
  const offered = new Set(names.map((name) => commandOf(name).name));
  const missing = SUBCOMMANDS.filter((name) => !offered.has(name) && !(name in NOT_OFFERED));
  expect(missing).toEqual([]);
  expect([...offered].filter((name) => !SUBCOMMANDS.includes(name))).toEqual([]);
});

test.skipIf(!hasTool)('the tool here knows no other', () => {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const { stderr } = spawnSync('ploop', [], { env: { ...process.env, PATH }, encoding: 'utf8' });
  const told = [...stderr.matchAll(/^(?:Usage:|  +)\s*ploop ([a-z-]+)/gm)].map(([, name]) => name);
  expect(told.length).toBeGreaterThan(10);
  const known = SUBCOMMANDS.map((name) => name.split(' ')[0]);
  expect(told.filter((name) => !known.includes(name))).toEqual([]);
});

test('docs/commands.md tells every command and refusal, and the tests that prove it', async () => {
  const text = [
    '# Commands and refusals of @ploop/runner',
    '',
    'Written by a test of the runner: `npx vitest run packages/runner/test/command-docs.test.ts -u`. The columns count its',
    'tests: of the arguments, of the parser, and of runs of the real tool that succeed and that fail. Releases are those',
    'that a command is offered for, from 1.11 on: 8 and 9 have `stat`, and 9 has `clear`, `rm` and `start`, for devices of the old',
    'driver. Earlier releases have no `-v` before the subcommand, and are refused.',
    '',
    '<!-- prettier-ignore-start -->',
    '',
    '## Commands',
    '',
    '| Method | Subcommand | Releases | Options of some releases | argv | parse | real: success | real: failure |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...names.map(commandRow),
    '',
    'A parser with no test is one of a command whose success is all there is to know. A command with no real success needs a',
    'release that does not run here, or, for `copy`, a driver that tracks writes.',
    '',
    '## Refusals',
    '',
    '| `reason` | Refused because | Proved by |',
    '| --- | --- | --- |',
    ...(await refusalRows()),
    '',
    '## Not offered',
    '',
    ...Object.entries(NOT_OFFERED).map(([name, why]) => `- \`${name}\`: ${why}`),
    '',
    'Options that releases know and that are not offered, compared with what 61 releases answer:',
    '',
    '| Option | Releases | Why |',
    '| --- | --- | --- |',
    ...Object.entries(UNOFFERED_OPTIONS).map(
      ([name, { releases, why }]) =>
        `| \`${name}\` | ${releases === undefined ? 'all that know it' : describeReleases(releases)} | ${why} |`,
    ),
    '',
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot(join(root, 'docs/commands.md'));
});

function commandRow(name: CommandName): string {
  const command = commandOf(name);
  const real = realCases[name];
  const given = new Set(cases[name].argv.flatMap(({ argv }) => argv.split(' ')));
  const count = (kind: string): string => String(real.filter((one) => one.kind === kind).length);
  const gated = Object.entries(optionReleases(command))
    .filter(([option]) => given.has(option))
    .map(([option, having]) => `\`${option}\` ${describeReleases(having)}`);
  const cells = [
    `\`${name}\``,
    `\`${command.name}\``,
    describeReleases(subcommandReleases(command) ?? []) || 'all',
    gated.join('; '),
    String(cases[name].argv.length + cases[name].refused.length),
    String(cases[name].parses.length),
    count('success'),
    count('failure'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What the tool does is the best proof, then the inputs that commands refuse, then a test of the runner. */
async function refusalRows(): Promise<readonly string[]> {
  const files = await filesOf('packages/runner');
  const tests = files.filter(({ path }) => path.endsWith('.test.ts'));
  const sources = files.filter(
    ({ path }) => path.includes('/src/') && !/refusals|\.test/.test(path),
  );
  const mentions = (reason: string) => (file: { readonly text: string }) =>
    file.text.includes(`'${reason}'`);
  const refuses = (reason: string) => (file: { readonly text: string }) =>
    new RegExp(`RefusedError\\(\\s*'${reason}'`).test(file.text);
  // The others are reasons of the facade, which its own tests prove.
  const own = Object.entries(refusals).filter(([reason]) => sources.some(refuses(reason)));
  const rows = own.map(([reason, why]) => {
    const titles = tests.flatMap(({ text }) =>
      [...text.matchAll(/test\('([A-Z_]+): ([^']+)'/g)].flatMap(([, code, title]) =>
        code === reason ? [`“${title ?? ''}”`] : [],
      ),
    );
    const refusing = names.filter((name) =>
      cases[name].refused.some((refused) => refused.reason === reason),
    );
    const inputs = refusing.length > 0 ? [`inputs of ${String(refusing.length)} commands`] : [];
    const others = tests.filter(mentions(reason)).slice(0, 1);
    const proofs = [...titles, ...inputs];
    if (proofs.length === 0) proofs.push(...others.map(({ path }) => `\`${path}\``));
    return `| \`${reason}\` | ${why} | ${proofs.join(', ')} |`;
  });
  expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
  return rows;
}

async function filesOf(
  directory: string,
): Promise<{ readonly path: string; readonly text: string }[]> {
  const parts = await Promise.all(
    ['src', 'test'].map(async (part) => {
      const files = await readdir(join(root, directory, part), { recursive: true });
      return files.map((file) => `${directory}/${part}/${file}`);
    }),
  );
  const paths = parts.flat().filter((path) => path.endsWith('.ts'));
  return Promise.all(
    paths.sort().map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
}
