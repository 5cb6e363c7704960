import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sample } from '@ploop/test-kit';
import { layeredDisk } from '@ploop/test-kit/disks/layered-disk';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bash, canMount, filesDisk, inMount, inspect } from './files-disk.ts';

const BIN = join(import.meta.dirname, '..', 'dist', 'bin.js');
const PROGRAMS = join(import.meta.dirname, '../../../packages/contents/test/programs');
const EXTRACT = 'tar --xattrs --xattrs-include="*" --acls --same-owner -xpf';

/** What `list_tree.py` says of a tree, without what no archive can hold. */
function treeOf(text: Buffer): readonly unknown[] {
  return String(text)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .map(
      ({ path, type, mode, uid, gid, modified, xattrs, target, content, device, size, links }) => ({
        ...{ path, type, mode, uid, gid, modified, xattrs, target, content, device },
        ...(type !== 'directory' && { size, links }),
      }),
    )
    .filter(({ type }) => type !== 'socket')
    .toSorted((one, other) => (String(one.path) < String(other.path) ? -1 : 1));
}

test.skipIf(!canMount)('GNU tar extracts the tree that the kernel shows', async () => {
  const random = fc.record({ seed: fc.nat(), entries: fc.integer({ min: 1, max: 70 }) });
  await fc.assert(
    fc.asyncProperty(random, async ({ seed, entries }) => {
      const make = `python3 ${PROGRAMS}/make_tree.py . ${String(seed)} ${String(entries)} mounted`;
      const { directory, disk, raw } = await filesDisk(make, 'chattr -R -f -i -a . || true');
      const output = join(directory, 'all.tar');
      const found = await inspect('tar', disk, '--output', output);
      expect(found).toMatchObject({ exitCode: 0, stderr: '' });
      bash(directory, `mkdir to; ${EXTRACT} all.tar -C to`);
      const list = `python3 ${PROGRAMS}/list_tree.py`;
      const extracted = treeOf(bash(join(directory, 'to'), `${list} .`));
      expect(extracted).toEqual(treeOf(inMount(raw, `${list} .`)));
    }),
    { ...sample('trees in archives', 3), endOnFailure: true },
  );
});

const TREE = [
  "mkdir -p etc $'caf\\xe9'; echo web-1 > etc/hostname; ln etc/hostname $'caf\\xe9/hard'",
  'ln -s /etc/passwd evil; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\'sock\')"',
  'printf end | dd of=sparse bs=1 seek=8G; truncate -s 9G sparse; head -c 300000 /dev/urandom > big',
  'name=$(printf "n%.0s" {1..250}); mkdir -p $name/$name/$name; echo deep > $name/$name/$name/file',
  `python3 -c "import os; os.setxattr('etc', 'user.a=b%c', b'\\\\x00\\\\xff\\n1 =')"`,
];

test.skipIf(!canMount)('long names, sparse files, sockets and attributes', async () => {
  const { directory, disk, raw } = await filesDisk(...TREE);
  const output = join(directory, 'all.tar');
  const found = await inspect('tar', disk, '--output', output);
  expect(found).toMatchObject({ exitCode: 0, stderr: '' });
  expect(found.stdout).toMatch(/^archived \d+ entries to .*; 1 socket left out, as tar does\n$/);
  bash(directory, `mkdir to; ${EXTRACT} all.tar -C to`);
  const list = `python3 ${PROGRAMS}/list_tree.py .`;
  expect(treeOf(bash(join(directory, 'to'), list))).toEqual(treeOf(inMount(raw, list)));
  expect(Number(String(bash(directory, 'stat -c %s all.tar')))).toBeLessThan(2 ** 20);
  const again = await inspect('tar', disk, '--output', output);
  expect(again).toMatchObject({ exitCode: 2, stdout: '' });
  expect(again.stderr).toContain('FILE_UNWRITABLE');
  expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  const part = await inspect('tar', disk, '/etc', '--escaped', 'caf\\351', '--output', '-');
  const listed = spawnSync('tar', ['-tf', '-'], { input: part.bytes, encoding: 'utf8' });
  expect(listed.stdout).toBe('./etc/\n./etc/hostname\n./caf\\351/\n./caf\\351/hard\n');
});

test.skipIf(!canMount)('an unreadable file is left out, and the rest is archived', async () => {
  const { directory, disk, raw } = await filesDisk(...TREE);
  const place = String(bash(directory, `debugfs -R 'imap big' ${raw} 2> /dev/null`));
  const [, block = '', offset = ''] = /block (\d+), offset (0x\w+)/.exec(place) ?? [];
  const at = Number(block) * 1024 + Number(offset) + 40 + 12 + 6;
  bash(directory, `printf '\\377\\377' | dd of=raw bs=1 seek=${String(at)} conv=notrunc`);
  await layeredDisk(disk, raw);
  const found = await inspect('tar', disk, '--output', join(directory, 'all.tar'));
  expect(found.exitCode).toBe(2);
  expect(found.stderr).toContain('CONTENT_LOST "/big" cannot be read and is left out');
  expect(String(bash(directory, 'tar -tf all.tar'))).toContain('./etc/hostname\n');
  expect(String(bash(directory, 'tar -tf all.tar'))).not.toContain('big');
});

test.skipIf(!canMount)('Ctrl-C leaves no file', async () => {
  const { directory, disk } = await filesDisk('head -c 20000000 /dev/urandom > big');
  const roots = Array.from({ length: 100 }, () => '/');
  const argv = [BIN, 'tar', disk, ...roots, '--output', 'out.tar'];
  const program = spawn(process.execPath, argv, { cwd: directory, stdio: 'ignore' });
  const ended = once(program, 'exit');
  const parts = (): readonly string[] =>
    readdirSync(directory).filter((name) => name.includes('.part'));
  while (parts().length === 0 && program.exitCode === null) await sleep(5);
  program.kill('SIGINT');
  const [status] = (await ended) as [number | null];
  expect(status).not.toBe(0);
  expect(existsSync(join(directory, 'out.tar'))).toBe(false);
  expect(parts()).toEqual([]);
});
