import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';
import { writeTestDisk } from './test-disk.ts';

interface Printed {
  readonly backup: {
    readonly name: string;
    readonly files: readonly { name: string; sha256: string; bytes: number }[];
  };
  readonly copied: number;
  readonly backups: readonly { readonly name: string }[];
  readonly diagnostics: readonly { readonly code: string }[];
}

async function json(...argv: readonly string[]): Promise<Printed & { readonly exitCode: number }> {
  const { stdout, exitCode } = await main(['backup', ...argv, '--json']);
  return { ...(JSON.parse(stdout) as Printed), exitCode };
}

async function places(): Promise<Readonly<Record<'disk' | 'repo' | 'target', string>>> {
  const root = await temporaryDirectory();
  const disk = await writeTestDisk(join(root, 'a disk'));
  return { disk, repo: join(root, 'repo'), target: join(root, 'restored') };
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

test('a backup is the files of the snapshot, and the tool reads what is restored', async () => {
  const { disk, repo, target } = await places();
  const made = await json('create', disk, repo);
  expect(made).toMatchObject({ exitCode: 0, diagnostics: [] });
  expect(made.backup.files.map((file) => file.name)).toEqual(['d0', 'd2', 'd3']);
  for (const file of made.backup.files) {
    expect(file.sha256).toBe(sha256(join(disk, file.name)));
    expect(sha256(join(repo, 'images', file.sha256))).toBe(file.sha256);
  }
  expect((await main(['backup', 'verify', repo])).stdout).toBe(
    '1 backup verified: nothing is wrong\n',
  );
  expect(
    await main(['backup', 'restore', repo, made.backup.name.slice(0, 6), target]),
  ).toMatchObject({ exitCode: 0 });
  for (const file of made.backup.files)
    expect(await readFile(join(target, file.name))).toEqual(await readFile(join(disk, file.name)));
  expect(
    execFileSync('ploop', ['snapshot-list', join(target, 'DiskDescriptor.xml')], {
      encoding: 'utf8',
    }),
  ).toContain(join(target, 'd3'));
  expect((await readdir(join(repo, '..'))).toSorted()).toEqual(['a disk', 'repo', 'restored']);
});

test('what the repository has is not copied again, and what has changed is', async () => {
  const { disk, repo } = await places();
  const first = await json('create', disk, repo, '--snapshot', '11111111');
  const second = await json('create', disk, repo);
  const bytes = (names: readonly string[]): number =>
    second.backup.files.reduce(
      (sum, file) => sum + (names.includes(file.name) ? file.bytes : 0),
      0,
    );
  expect(first.copied).toBe(bytes(['d0']));
  expect(second.copied).toBe(bytes(['d2', 'd3']));
  await utimes(join(disk, 'd2'), 1, 1);
  await truncate(join(disk, 'd2'), bytes(['d2']) + 512 * 64);
  const third = await json('create', disk, repo, '--snapshot', '22222223');
  expect(third.copied).toBe(bytes(['d2']) + 512 * 64);
  const { stdout } = await main(['backup', 'list', repo]);
  expect(stdout.split('\n')[0]).toMatch(/^BACKUP +SNAPSHOT +SIZE +IMAGES +ADDED +FROM$/);
  expect(stdout.split('\n')).toHaveLength(5);
  expect((await json('verify', repo)).diagnostics).toEqual([]);
});

test('an interrupted backup goes on with the images that it lacks', async () => {
  const { disk, repo } = await places();
  const abort = new AbortController();
  const stop = (async () => {
    for (;;) {
      const stored = await readdir(join(repo, 'images')).catch(() => []);
      if (stored.some((name) => !name.startsWith('.'))) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })().then(() => {
    abort.abort();
  });
  const surroundings = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    stopSignal: () => abort.signal,
  };
  const stopped = await main(['backup', 'create', disk, repo], surroundings);
  await stop;
  expect(stopped).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('interrupted') as string,
  });
  const stored = (await readdir(join(repo, 'images'))).length;
  expect((await json('list', repo)).backups).toEqual([]);
  const again = await json('create', disk, repo);
  expect(again.exitCode).toBe(0);
  const all = again.backup.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const [size = 0] = again.backup.files.map(({ bytes }) => bytes);
  expect(again.copied).toBe(all - stored * size);
  expect(await readdir(repo)).not.toContain('unfinished.json');
});

test('the top is refused, and so is a target that exists', async () => {
  const { disk, repo, target } = await places();
  expect(await json('create', disk, repo, '--snapshot', 'top')).toMatchObject({
    exitCode: 2,
    diagnostics: [{ code: 'BACKUP_OF_TOP' }],
  });
  const alone = await writeTestDisk(join(disk, '..', 'alone'), [{}]);
  expect(await json('create', alone, repo)).toMatchObject({
    exitCode: 2,
    diagnostics: [{ code: 'BACKUP_OF_TOP' }],
  });
  const { backup } = await json('create', disk, repo);
  await mkdir(target);
  expect(await json('restore', repo, backup.name, target)).toMatchObject({
    exitCode: 2,
    diagnostics: [{ code: 'FILE_UNWRITABLE' }],
  });
  expect(await readdir(target)).toEqual([]);
  expect(await json('restore', repo, 'nope', `${target}2`)).toMatchObject({
    exitCode: 2,
    diagnostics: [{ code: 'OPTION_INVALID' }],
  });
});

test('a directory that holds something else is not taken for a repository', async () => {
  const { disk, repo } = await places();
  expect(await json('list', repo)).toMatchObject({
    exitCode: 2,
    diagnostics: [{ code: 'BACKUP_INVALID' }],
  });
  await mkdir(repo);
  await writeFile(join(repo, 'letter.txt'), 'x');
  expect(await json('create', disk, repo)).toMatchObject({
    exitCode: 2,
    diagnostics: [{ code: 'BACKUP_INVALID' }],
  });
  expect(await readdir(repo)).toEqual(['letter.txt']);
  for (const text of [
    '',
    '[]',
    'null',
    '{"format":"ploop-backups","version":2}',
    'x'.repeat(5000),
  ]) {
    await writeFile(join(repo, 'ploop-backups.json'), text);
    expect(await json('list', repo)).toMatchObject({
      exitCode: 2,
      diagnostics: [{ code: 'BACKUP_INVALID' }],
    });
  }
  await rm(join(repo, 'ploop-backups.json'));
  execFileSync('mkfifo', [join(repo, 'ploop-backups.json')]);
  expect(await json('list', repo)).toMatchObject({ exitCode: 2 });
});

const SPOILED: readonly (readonly [string, (path: string) => Promise<unknown>, string])[] = [
  ['missing', (path) => rm(path), 'DELTA_MISSING'],
  ['cut', (path) => truncate(path, 100), 'BACKUP_DIFFERS'],
  [
    'other bytes',
    async (path) => writeFile(path, Buffer.alloc((await readFile(path)).length)),
    'BACKUP_DIFFERS',
  ],
  [
    'a FIFO',
    async (path) => {
      await rm(path);
      execFileSync('mkfifo', [path]);
    },
    'BACKUP_DIFFERS',
  ],
  [
    'a symlink',
    async (path) => {
      await rename(path, `${path}.x`);
      await symlink(`${path}.x`, path);
    },
    'FILE_UNREADABLE',
  ],
];

test.each(SPOILED)(
  'an image that is %s is reported, and nothing is restored',
  async (_, spoil, code) => {
    const { disk, repo, target } = await places();
    const { backup } = await json('create', disk, repo);
    await spoil(join(repo, 'images', backup.files[1]?.sha256 ?? ''));
    const verified = await json('verify', repo);
    expect(verified.diagnostics.map((one) => one.code)).toEqual([code]);
    expect(verified.exitCode).toBe(1);
    expect((await json('restore', repo, backup.name, target)).exitCode).toBe(2);
    expect((await readdir(join(target, '..'))).toSorted()).toEqual(['a disk', 'repo']);
  },
);

test('a set that leads out of the repository is not used', async () => {
  const { disk, repo, target } = await places();
  const { backup } = await json('create', disk, repo);
  const path = join(repo, 'sets', `${backup.name}.json`);
  const text = await readFile(path, 'utf8');
  const sha = backup.files[0]?.sha256 ?? '';
  for (const changed of [
    text.replaceAll('"d0"', '"../d0"'),
    text.replace(sha, '../../x'),
    '{',
    '[]',
  ]) {
    await writeFile(path, changed);
    expect(await json('list', repo)).toMatchObject({
      exitCode: 1,
      backups: [],
      diagnostics: [{ code: 'BACKUP_INVALID' }],
    });
    expect((await json('restore', repo, backup.name, target)).exitCode).toBe(2);
  }
});
