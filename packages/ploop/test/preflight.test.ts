import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createRunner,
  preflight,
  type PreflightFinding,
  type PreflightOptions,
} from '../src/index.ts';
import { imageBytes } from './header.ts';
import { kernel, mountinfo } from './kernel-tree.ts';

const old = createRunner({ release: { from: '1.15', to: '1.15' } });
const modern = createRunner({ release: { from: '9.0.30' } });

async function findings(options: PreflightOptions): Promise<Record<string, PreflightFinding>> {
  const report = await preflight(options);
  const isOk = report.findings.every(({ severity }) => severity !== 'error');
  expect(report.ok).toBe(isOk);
  return Object.fromEntries(report.findings.map((finding) => [finding.code, finding]));
}

async function plainDisk(): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
  await writeFile(join(directory, 'd0'), imageBytes());
  return directory;
}

test('a machine without tool and driver', async () => {
  const { roots } = await kernel();
  const found = await findings({ runner: createRunner({ binary: 'no-such-ploop' }), roots });
  expect(found['TOOL_MISSING']).toMatchObject({ severity: 'error' });
  expect(found['DRIVER_MISSING']).toMatchObject({ severity: 'error', data: { modules: [] } });
});

test('drivers of both generations, with the tool of each', async () => {
  const block = {
    'proc/vz/ploop_minor': '0\n',
    'sys/module/ploop/x': '',
    'sys/module/pio_direct/x': '',
  };
  const mapper = {
    'proc/devices': 'Block devices:\n253 device-mapper\n',
    'sys/module/ploop/x': '',
  };
  const on = async (
    tree: Record<string, string>,
    runner = old,
  ): Promise<Record<string, PreflightFinding>> =>
    findings({ runner, roots: (await kernel(tree)).roots });
  expect((await on(block))['DRIVER']?.data).toEqual({
    generation: 'block',
    wanted: 'block',
    modules: ['ploop', 'pio_direct'],
    largeDisks: false,
  });
  const large = { ...block, 'sys/module/ploop/parameters/large_disk_support': '' };
  expect((await on(large))['DRIVER']?.data).toMatchObject({ largeDisks: true });
  expect((await on(mapper, modern))['DRIVER']).toMatchObject({
    severity: 'info',
    data: { largeDisks: true },
  });
  expect((await on(mapper))['DRIVER_OF_OTHER_RELEASES']).toMatchObject({ severity: 'error' });
  expect((await on(block, modern))['DRIVER_OF_OTHER_RELEASES']).toMatchObject({
    severity: 'error',
  });
});

test.each([
  ['ext4', 'FILE_SYSTEM', 'info'],
  ['fuse.vstorage', 'FILE_SYSTEM', 'info'],
  ['xfs', 'FILE_SYSTEM_UNSUITABLE', 'error'],
  ['overlay', 'FILE_SYSTEM_UNSUITABLE', 'error'],
])('images on %s: %s', async (type, code, severity) => {
  const path = await plainDisk();
  const table = mountinfo([['8:1', '/', path, '/dev/sda1']]).replace(
    new RegExp(`( ${path} .* - )\\S+`),
    `$1${type}`,
  );
  const { roots } = await kernel({ 'proc/self/mountinfo': table, 'proc/locks': '' });
  const found = await findings({ path, runner: old, roots });
  expect(found[code]).toMatchObject({
    severity,
    data: { directory: path, type, mountPoint: path },
  });
  expect(found['DISK']).toMatchObject({ severity: 'info' });
  expect(found['LOCK_FREE']).toMatchObject({ severity: 'info' });
});

test('a directory for a disk that is to be made, and a disk that cannot be read', async () => {
  const empty = await temporaryDirectory();
  const made = await findings({ path: empty, runner: old });
  expect(made['DISK_UNREADABLE']).toMatchObject({ severity: 'info' });
  expect(made['SPACE']?.data['free']).toBeGreaterThan(0);
  await writeFile(join(empty, 'DiskDescriptor.xml'), 'x');
  const broken = await findings({ path: empty, runner: old });
  expect(broken['DISK_UNREADABLE']).toMatchObject({ severity: 'error' });
});

test('who holds the lock of a disk, by file or by image', async () => {
  const path = await plainDisk();
  const { dev, ino } = await stat(join(path, 'd0'));
  const at = `${(dev >> 8).toString(16).padStart(2, '0')}:${(dev & 0xff).toString(16).padStart(2, '0')}:${String(ino)}`;
  const locks = `1: FLOCK  ADVISORY  WRITE 7 00:01:5 0 EOF\n1: -> POSIX  ADVISORY  WRITE 8 ${at} 200 204\n2: POSIX  ADVISORY  WRITE 4242 ${at} 200 204\n`;
  const tree = { 'proc/locks': locks, 'proc/4242/comm': 'ploop\n' };
  const byImage = await findings({ path, runner: modern, roots: (await kernel(tree)).roots });
  expect(byImage['LOCK_HELD']?.data).toEqual({
    file: join(path, 'd0'),
    pid: 4242,
    command: 'ploop',
  });

  const lock = join(path, 'DiskDescriptor.xml.lck');
  await writeFile(lock, '');
  const holder = spawn('flock', ['-x', lock, 'sh', '-c', 'echo held; read line'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const byFile = await findings({ path, runner: old });
  holder.stdin.end('\n');
  await once(holder, 'close');
  expect(byFile['LOCK_HELD']).toMatchObject({ severity: 'warning', data: { file: lock } });
  expect((await findings({ path, runner: old }))['LOCK_FREE']).toBeDefined();
});

test('a disk whose chain is damaged is a finding, and so is one whose images are gone', async () => {
  const { roots } = await kernel();
  const path = await plainDisk();
  const descriptor = join(path, 'DiskDescriptor.xml');
  await writeFile(descriptor, descriptorXml([{ parentGuid: testGuid(9) }]));
  const damaged = await findings({ path, roots, runner: old });
  expect(damaged['DISK_UNREADABLE']).toMatchObject({
    severity: 'error',
    data: { path: descriptor, code: 'PARENT_UNKNOWN' },
  });
  await writeFile(descriptor, descriptorXml([{ file: join(path, 'gone', 'root.hdd') }]));
  const gone = await findings({ path, roots, runner: old });
  expect(gone['SPACE_UNKNOWN']).toMatchObject({ severity: 'warning' });
});

test('what the kernel does not show is not known, and nothing breaks', async () => {
  const { roots } = await kernel();
  await rm(roots.proc, { recursive: true });
  await rm(roots.sys, { recursive: true });
  await symlink('sys', roots.sys);
  const found = await findings({ path: await plainDisk(), roots, runner: old });
  expect(found).toHaveProperty('DRIVER_MISSING');
  expect(found['FILE_SYSTEM_UNKNOWN']).toMatchObject({ severity: 'warning' });
  expect(found['LOCK_UNKNOWN']).toMatchObject({ severity: 'warning' });
});
