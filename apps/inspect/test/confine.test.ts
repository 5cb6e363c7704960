import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

import {
  contentOf,
  descriptorXml,
  escaped,
  ESCAPES,
  SECRET,
  temporaryDirectory,
  watchOpens,
  type Place,
} from '@ploop/test-kit';
import { afterAll, expect, test } from 'vitest';

const opens = watchOpens();
afterAll(opens.stop);
// What is imported from here on is watched.
const { main } = await import('../src/main.ts');

type Argv = (place: Place) => readonly string[];

/** Every command, with each output that it has. */
const COMMANDS: Readonly<Record<string, readonly Argv[]>> = {
  show: [({ own }) => [own], ({ own }) => ['--json', own]],
  tree: [({ own }) => [own], ({ own }) => ['--json', own]],
  top: [({ own }) => [own], ({ own }) => ['--json', own]],
  images: [({ own }) => [own], ({ own }) => ['--json', own]],
  partitions: [({ own }) => [own], ({ own }) => ['--json', own]],
  ls: [({ own }) => [own], ({ own }) => ['--json', own]],
  stat: [({ own }) => [own, '/'], ({ own }) => ['--json', own, '/']],
  cat: [({ own }) => [own, '/file']],
  cp: [({ own, out }) => [own, '/file', out], ({ own, out }) => ['--json', own, '/file', out]],
  tar: [({ own, out }) => [own, '--output', join(out, 'disk.raw')]],
  check: [({ own }) => ['--deep', own], ({ own }) => ['--deep', '--json', own]],
  explain: [() => [], () => ['--json']],
  space: [({ own }) => [own], ({ own }) => ['--json', own]],
  scan: [({ own }) => [own], ({ own }) => ['--json', own]],
  plan: [({ own }) => ['snapshot', own], ({ own }) => ['snapshot', '--json', own]],
  map: [({ own }) => [own], ({ own }) => ['--json', own]],
  diff: [({ own }) => [own, 'base', 'top'], ({ own }) => ['--json', own, 'base', 'top']],
  export: [
    ({ own, out }) => [own, '--output', join(out, 'disk.raw')],
    ({ own, out }) => ['--salvage', '--json', own, '--output', join(out, 'disk.raw')],
  ],
  backup: [
    ({ own, out }) => ['create', own, join(out, 'repo')],
    ({ own, out }) => ['create', '--json', own, join(out, 'repo')],
  ],
  nbd: [
    // It ends once the disk is open.
    ({ own, out }) => [own, '--partition', '99', '--socket', join(out, 'nbd.sock')],
    ({ own, out }) => ['--json', own, '--partition', '99', '--socket', join(out, 'nbd.sock')],
  ],
  recover: [({ own }) => [own], ({ own }) => ['--json', own]],
  qemu: [({ own }) => [own], ({ own }) => ['--json', own]],
};

/** Commands that open no file that a descriptor names. */
const DESCRIPTOR_ONLY = ['tree', 'explain', 'recover'];
/** Commands that leave out what is on the disk if its images must not be opened. */
const QUIET = ['show'];
/** Commands that say where images are, and need not open them. */
const NAMES_ONLY = ['top', 'images', 'plan'];

test('every command has a row', async () => {
  const { stdout } = await main(['--help']);
  const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(listed.filter((name) => name !== 'help')).toEqual(Object.keys(COMMANDS));
});

const ROWS = Object.keys(ESCAPES).flatMap((escape) =>
  Object.entries(COMMANDS).flatMap(([command, calls]) =>
    calls.map((argv, index) => ({ escape, command, index, argv })),
  ),
);

test.each(ROWS)('$command ($index), $escape', async ({ escape, command, argv }) => {
  const way = ESCAPES[escape];
  if (way === undefined) throw new TypeError('there is no such way out');
  const place = await escaped(way);
  const { root, own, other, out } = place;
  const before = await contentOf(other);
  const theirs = (): readonly string[] =>
    opens.taken().filter((path) => path === other || path.startsWith(`${other}${sep}`));
  const run = async (...options: readonly string[]) => {
    opens.taken();
    const report = await main([command, ...argv(place), ...options]);
    const written = await readFile(join(out, 'disk.raw'), 'latin1').catch(() => '');
    await rm(join(out, 'disk.raw'), { force: true });
    return { told: `${report.stdout}${report.stderr}`, exitCode: report.exitCode, written };
  };

  const refused = await run();
  expect(theirs()).toEqual([]);
  expect(`${refused.told}${refused.written}`).not.toContain(SECRET);
  const isFollowed = !DESCRIPTOR_ONLY.includes(command);
  if (isFollowed && !QUIET.includes(command)) {
    expect(refused.told).toMatch(/(?:DELTA|VOLUME)_OUTSIDE/);
    expect(refused.exitCode).not.toBe(0);
  }
  for (const options of command === 'explain' ? [] : [['--confine', root], ['--no-confine']]) {
    const allowed = await run(...options);
    if (!NAMES_ONLY.includes(command)) expect(theirs().length > 0).toBe(isFollowed);
    expect(allowed.told).not.toMatch(/(?:DELTA|VOLUME)_OUTSIDE/);
    expect(allowed.written.includes(SECRET)).toBe(command === 'export');
  }
  expect(await contentOf(other)).toEqual(before);
  expect(await contentOf(own)).not.toHaveProperty('disk.raw');
});

test('a directory to confine a disk to is named where it cannot be used, and goes with no --no-confine', async () => {
  const root = await temporaryDirectory();
  await writeFile(join(root, 'DiskDescriptor.xml'), descriptorXml([{}]));
  const missing = join(root, 'nope');
  const { stderr, exitCode } = await main(['check', '--confine', missing, root]);
  expect(stderr).toContain(`cannot confine the disk to "${missing}": ENOENT`);
  expect(stderr).toContain('Give --confine');
  expect(exitCode).toBe(2);
  for (const options of [
    ['--confine', root, '--no-confine'],
    ['--no-confine', '--confine', root],
  ])
    for (const command of ['show', 'tree', 'check', 'space', 'export']) {
      const both = await main([
        command,
        ...options,
        ...(command === 'export' ? ['--output', 'x'] : []),
        root,
      ]);
      expect(both).toMatchObject({
        stderr: expect.stringContaining("cannot be used with option '--no-confine'") as string,
        exitCode: 2,
      });
    }
});
