import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { openFiles } from '@ploop/offline';
import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import { expect, test } from 'vitest';

import { foldedName, foldingOf } from '../src/copy/destination.ts';
import { survey } from '../src/copy/survey.ts';
import { bash, canMount, filesDisk, inMount, inspect } from './files-disk.ts';

const BIN = join(import.meta.dirname, '..', 'dist', 'bin.js');
const LIST = `python3 ${join(import.meta.dirname, '../../../packages/contents/test/programs/list_tree.py')} .`;

/** What a copy keeps of a tree; times to the microsecond. */
function keptOf(text: Buffer): readonly unknown[] {
  return String(text)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ type, path }) => path !== '' && /^(?:file|directory|symlink)$/.test(String(type)))
    .map(({ path, type, mode, uid, gid, target, content, modified, links }) => ({
      ...{ path, type, mode, uid, gid, target, content },
      modified: String(modified).slice(0, -3),
      ...(type === 'file' && { links }),
    }))
    .toSorted((one, other) => (String(one.path) < String(other.path) ? -1 : 1));
}

const TREE = [
  "mkdir -p etc/deep $'caf\\xe9'; echo web-1 > etc/hostname; ln etc/hostname $'caf\\xe9/hard'",
  "touch $'etc/na\\xffme' A a; chmod 4755 A; chown 70000:5 a; chmod 1777 etc; chmod 0 etc/deep",
  'ln -s /etc/passwd evil; ln -s ../../.. up; mkfifo fifo; mknod null c 1 3',
  'printf end | dd of=sparse bs=1 seek=1G; truncate -s 2G sparse; head -c 3000001 /dev/urandom > big',
  'find . -exec touch -h -d 2001-02-03T04:05:06.25Z {} +',
];

test.skipIf(!canMount)('a copy as root is the tree that the kernel shows', async () => {
  const { directory, disk, raw } = await filesDisk(...TREE);
  mkdirSync(join(directory, 'to'));
  const found = await inspect('cp', '-r', disk, '/', join(directory, 'to'));
  expect(found.stderr).toContain('FILES_LEFT_OUT not copied: FIFOs (1), devices (1)');
  expect(found.stderr).toContain('tar --xattrs');
  expect(found).toMatchObject({ exitCode: 1, stdout: `copied 12 entries to ${directory}/to\n` });
  expect(keptOf(bash(join(directory, 'to'), LIST))).toEqual(keptOf(inMount(raw, LIST)));
  expect(lstatSync(join(directory, 'to/sparse')).blocks).toBeLessThan(2048);
});

/** Runs a line of bash as a user who owns nothing; `$0` and `$1` are the program. */
function asNobody(line: string, ...words: readonly string[]) {
  const user = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const argv = [...user, 'bash', '-c', line, process.execPath, BIN, ...words];
  return spawnSync('setpriv', argv, { encoding: 'utf8', cwd: '/' });
}
const canSwitch = canMount && asNobody('"$0" "$1" --version').status === 0;

test.skipIf(!canSwitch)(
  'a copy as an ordinary user is his, and gives nobody more rights',
  async () => {
    const { directory, disk, raw } = await filesDisk(...TREE);
    mkdirSync(join(directory, 'to'));
    bash(directory, 'chmod 755 . root.hdd; chmod 644 root.hdd/*; chown 65534:65534 to');
    const { status, stdout, stderr } = asNobody('"$0" "$1" cp -r "$2" / "$2/../to"', disk);
    expect(stderr).toMatch(/FILES_LEFT_OUT not copied: .*owners \(11\)/);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: `copied 12 entries to ${disk}/../to\n`,
    });
    const own = (entry: object): object => {
      const { mode, type, ...rest } = entry as { readonly mode: number; readonly type: string };
      const kept = type === 'symlink' ? mode : mode & 0o777;
      return { ...rest, type, mode: kept, uid: 65534, gid: 65534 };
    };
    const expected = keptOf(inMount(raw, LIST)).map((entry) => own(entry as object));
    expect(keptOf(bash(join(directory, 'to'), LIST))).toEqual(expected);
  },
);

test.skipIf(!canMount)('names as cp gives them; nothing is replaced without --force', async () => {
  const { directory, disk } = await filesDisk(...TREE);
  const at = (...parts: readonly string[]): string => join(directory, ...parts);
  const cp = (...argv: readonly string[]) => inspect('cp', ...argv);
  expect((await cp(disk, '/etc/hostname', at('name'))).exitCode).toBe(0);
  expect(readFileSync(at('name'), 'utf8')).toBe('web-1\n');
  writeFileSync(at('name'), 'precious');
  const refused = await cp(disk, '/etc/hostname', at('name'));
  expect(refused.stderr).toMatch(/FILE_UNWRITABLE cannot write ".*name": it exists/);
  expect(refused.exitCode).toBe(2);
  expect(readFileSync(at('name'), 'utf8')).toBe('precious');
  expect((await cp('--force', disk, '/etc/hostname', at('name'))).exitCode).toBe(0);
  expect(readFileSync(at('name'), 'utf8')).toBe('web-1\n');
  expect((await cp(disk, '/etc', at('x'))).stderr).toContain('-r copies directories');
  expect((await cp(disk, 'A', 'a', at('missing'))).stderr).toContain('several sources');
  expect((await cp('-r', disk, 'etc', disk)).stderr).toContain('directory of the disk');
  mkdirSync(at('to'));
  expect((await cp('-r', '--escaped', disk, 'caf\\351', 'etc', at('to'))).exitCode).toBe(0);
  expect(readdirSync(at('to'))).toHaveLength(2);
  expect((await cp(disk, '/nowhere', at('to'))).stderr).toContain('PATH_MISSING');
  expect((await cp(disk, '/etc')).stderr).toContain("missing required argument 'dest'");
  expect(readdirSync(directory).filter((name) => name.startsWith('.ploop'))).toEqual([]);
});

test.skipIf(!canMount)('symlinks at the destination are never followed', async () => {
  const { directory, disk } = await filesDisk(
    'mkdir -p d/e; echo new > d/e/file; echo new > plain; ln -s x link',
  );
  const to = join(directory, 'to');
  const outside = join(directory, 'outside');
  mkdirSync(join(outside, 'e'), { recursive: true });
  mkdirSync(to);
  writeFileSync(join(outside, 'victim'), 'precious');
  symlinkSync(outside, join(to, 'd'));
  symlinkSync(join(outside, 'victim'), join(to, 'plain'));
  for (const force of [[], ['--force']]) {
    const found = await inspect('cp', '-r', ...force, disk, '/', to);
    expect(found.exitCode).toBe(2);
    expect(found.stderr).toContain('FILE_UNWRITABLE');
    expect(readdirSync(join(outside, 'e'))).toEqual([]);
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('precious');
  }
  expect(readFileSync(join(to, 'plain'), 'utf8')).toBe('new\n');
  expect(lstatSync(join(to, 'plain')).isSymbolicLink()).toBe(false);
});

test.skipIf(!canMount)('two entries of one name are refused, and lead nowhere', async () => {
  const { directory, disk, raw } = await filesDisk(
    'ln -s ../outside aaaa; mkdir bbbb; echo escaped > bbbb/file',
  );
  // The directory of a hostile disk: a symlink and a directory of one name.
  bash(
    directory,
    `python3 - <<'END'\nwith open('raw', 'r+b') as file:\n  data = file.read(); at = data.index(b'bbbb')\n  while at >= 0:\n    file.seek(at); file.write(b'aaaa'); at = data.find(b'bbbb', at + 1)\nEND`,
  );
  await layeredDisk(disk, raw);
  mkdirSync(join(directory, 'outside'));
  mkdirSync(join(directory, 'to'));
  const found = await inspect('cp', '-r', '--force', disk, '/', join(directory, 'to'));
  expect(found.exitCode).toBe(2);
  expect(found.stderr).toContain('NAMES_COLLIDE "/aaaa" and "/aaaa"');
  expect(readdirSync(join(directory, 'outside'))).toEqual([]);
  expect(readdirSync(join(directory, 'to'))).toEqual([]);
});

test.skipIf(!canMount)('names are refused that the destination takes for one', async () => {
  const { directory, disk } = await filesDisk(
    'mkdir case form other; touch case/Readme case/README other/Readme other/readme.txt',
    "touch form/$'\\u00e9' form/$'e\\u0301'",
  );
  await using files = await openFiles(disk);
  const refusal = { code: 'NAMES_COLLIDE' };
  for (const path of ['/case', '/form', '/'])
    await expect(survey(files, [{ path, below: [] }], foldedName)).rejects.toMatchObject(refusal);
  expect(await survey(files, [{ path: '/other', below: [] }], foldedName)).toBe(0);
  const twice = ['/case', '/other'].map((path) => ({ path: `${path}/Readme`, below: ['Readme'] }));
  await expect(survey(files, twice, (name) => name)).rejects.toMatchObject(refusal);
  const fold = await foldingOf(directory);
  expect(await survey(files, [{ path: '/', below: [] }], fold)).toBe(0);
  expect(readdirSync(directory).filter((name) => name.startsWith('.ploop'))).toEqual([]);
});

test.skipIf(!canMount)('Ctrl-C leaves no half file', async () => {
  const { directory, disk } = await filesDisk(
    'for i in {1..20}; do head -c 1200000 /dev/urandom > $i; done',
  );
  mkdirSync(join(directory, 'to'));
  for (const seconds of ['0.7', '0.9', '1.2']) {
    const script = `timeout -s INT ${seconds} "$0" "$1" cp -r --force "$2" / to`;
    spawnSync('bash', ['-c', script, process.execPath, BIN, disk], { cwd: directory });
    for (const name of readdirSync(join(directory, 'to'))) {
      expect(name).not.toContain('.part');
      expect(lstatSync(join(directory, 'to', name)).size).toBe(1_200_000);
    }
  }
  expect(existsSync(join(directory, 'to'))).toBe(true);
});
