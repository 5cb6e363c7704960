import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';

const BIN = join(import.meta.dirname, '..', 'dist', 'bin.js');
const CLUSTER = 32768;

/** A base with cluster 0, a delta with cluster 1. */
async function disk(mark = 0): Promise<string> {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '256' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 4 }, [1]));
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: 4, mark }, [0, 1]));
  return directory;
}

const content = (...clusters: readonly number[]): Buffer =>
  Buffer.concat(clusters.map((value) => Buffer.alloc(CLUSTER, value)));

test('a snapshot is exported to a file, verified', async () => {
  const directory = await disk();
  const output = join(directory, 'out.raw');
  const guid = testGuid(0).slice(1, -1);
  const report = await main([
    'export',
    directory,
    '--snapshot',
    guid,
    '--output',
    output,
    '--verify',
  ]);
  expect(report).toMatchObject({ stderr: '', exitCode: 0 });
  expect(report.stdout).toMatch(/^exported \{a0000000-.* 128 KiB, 32 KiB of data.*verified\n$/);
  expect(content(1, 0, 0, 0).equals(await readFile(output))).toBe(true);
});

test('all snapshots are exported to a directory', async () => {
  const directory = await disk();
  const tree = join(directory, 'tree');
  const how = ['--format', 'qcow2', '--tree', tree];
  const report = await main(['export', directory, ...how, '--verify']);
  expect(report).toMatchObject({ stderr: '', exitCode: 0 });
  expect(report.stdout).toMatch(
    /^exported .*; verified\nexported .* based on .*; what the disk holds now, verified\nfor libvirt: .*\.xml\n$/,
  );
  const again = await main(['export', directory, ...how, '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({
    path: directory,
    diagnostics: [{ code: 'FILE_UNWRITABLE' }],
  });
  for (const wrong of [['--output', 'x'], ['--snapshot', 'top'], ['--compress'], ['--force']])
    expect(await main(['export', directory, ...how, ...wrong])).toMatchObject({ exitCode: 2 });
});

test('an export that is refused names the option that allows it', async () => {
  const directory = await disk();
  const stderrOf = async (...argv: readonly string[]): Promise<string> =>
    (await main(['export', directory, ...argv])).stderr;
  const output = join(directory, 'out.raw');
  await writeFile(output, 'precious');
  expect(await stderrOf('--output', output)).toContain('the file exists');
  expect(await stderrOf('--output', output)).toContain('--force');
  expect(await stderrOf('--output', join(directory, 'x.qcow2'))).toContain('--format raw');
  expect(await stderrOf('--output', output, '--snapshot', 'a0000000ff')).toContain(
    '`ploop-inspect show DISK`',
  );
});

test('encrypted content is exported on demand only', async () => {
  const directory = await disk();
  const path = join(directory, 'DiskDescriptor.xml');
  const key = '<Encryption><KeyId>main</KeyId></Encryption><Cylinders>';
  await writeFile(path, (await readFile(path, 'utf8')).replace('<Cylinders>', key));
  const output = join(directory, 'out.raw');
  const refused = await main(['export', directory, '--output', output]);
  expect(refused).toMatchObject({ stdout: '', exitCode: 2 });
  expect(refused.stderr.match(/CONTENT_ENCRYPTED/g)).toHaveLength(1);
  expect(refused.stderr).toContain('--ciphertext');
  await expect(readFile(output)).rejects.toMatchObject({ code: 'ENOENT' });
  const asked = await main(['export', directory, '--output', output, '--ciphertext']);
  expect(asked.exitCode).toBe(0);
  expect(asked.stderr).toContain('CONTENT_ENCRYPTED');
  expect(content(1, 1, 0, 0).equals(await readFile(output))).toBe(true);
  expect((await main(['show', directory])).stdout).toContain('encrypted   key main\n');
});

test('a hash is computed if asked for, with or without a verification', async () => {
  const directory = await disk();
  const bytes = content(1, 1, 0, 0);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const argv = ['export', directory, '--force', '--output', join(directory, 'out.raw')];
  const { stdout } = await main([...argv, '--hash']);
  expect(stdout).toContain(`of data written; SHA-256 ${sha256}\n`);
  const json = await main([...argv, '--verify', '--hash', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ sha256, verified: true });
});

test('without a snapshot it is the top; JSON says what was done', async () => {
  const directory = await disk();
  const output = join(directory, 'out.raw');
  const { stdout, exitCode } = await main(['export', directory, '--output', output, '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    path: directory,
    diagnostics: [],
    snapshot: '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
    output,
    size: 4 * CLUSTER,
    data: 2 * CLUSTER,
    resumedAt: 0,
  });
  expect(content(1, 1, 0, 0).equals(await readFile(output))).toBe(true);
});

test('a top in use is exported with a warning', async () => {
  const directory = await disk(0x746f6e59);
  const report = await main(['export', directory, '--output', '/dev/null']);
  expect(report.exitCode).toBe(1);
  expect(report.stderr).toContain('warning: IMAGE_IN_USE');
});

test('a bare disk that was cut is never exported with success', async () => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}], { blockSize: '64', size: '256' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml.replace('Compressed', 'Plain'));
  await writeFile(join(directory, 'd0'), Buffer.alloc(3 * CLUSTER - 100, 7));
  const report = await main(['export', directory, '--output', join(directory, 'out.raw')]);
  expect(report.exitCode).toBe(1);
  expect(report.stderr).toContain('error: IMAGE_TRUNCATED');
  expect(report.stderr).toContain('32868 are missing');
  const check = await main(['check', directory]);
  expect(check.exitCode).toBe(1);
  expect(check.stdout).toContain('IMAGE_TRUNCATED');
  const target = join(directory, 'salvaged.raw');
  const salvaged = await main(['export', directory, '--output', target, '--salvage', '--json']);
  expect(salvaged.exitCode).toBe(1);
  const start = 3 * CLUSTER - 100;
  expect(JSON.parse(salvaged.stdout)).toMatchObject({
    size: 4 * CLUSTER,
    lost: [{ start, end: 4 * CLUSTER, code: 'IMAGE_TRUNCATED', offset: start }],
    lostBytes: CLUSTER + 100,
    lostFile: `${target}.lost.json`,
  });
  const whole = Buffer.alloc(4 * CLUSTER).fill(7, 0, start);
  expect(whole.equals(await readFile(target))).toBe(true);
});

test('what cannot be exported says why', async () => {
  const directory = await disk();
  const there = join(directory, 'd0');
  for (const [argv, code] of [
    [['export', directory, '--output', there, '--force'], 'FILE_UNWRITABLE'],
    [['export', directory, '--output', there], 'FILE_UNWRITABLE'],
    [['export', directory, '--output', '/dev/null', '--snapshot', 'x'], 'SHOT_UNKNOWN'],
    [['export', join(directory, 'nowhere'), '--output', '/dev/null'], 'FILE_UNREADABLE'],
    [['export', directory, '--output', ''], 'OPTION_INVALID'],
    [['export', directory, '--output', join(directory, 'x.qcow2')], 'OPTION_INVALID'],
    [['export', directory, '--output', '/dev/ptmx'], 'EXPORT_TO_TERMINAL'],
  ] as const) {
    const report = await main(argv);
    expect(report).toMatchObject({ stdout: '', exitCode: 2 });
    expect(report.stderr).toContain(code);
    const json = await main([...argv, '--json']);
    expect(json).toMatchObject({ stderr: '', exitCode: 2 });
    expect(JSON.parse(json.stdout)).toMatchObject({ diagnostics: [{ code }] });
  }
});

test('a terminal as stdout is refused, with a way out', async () => {
  const directory = await disk();
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const argv = ['export', directory, '--output', '-'];
  const report = await main(argv, { stdout, stderr: new PassThrough() });
  expect(report).toMatchObject({ stdout: '', exitCode: 2 });
  expect(report.stderr).toContain('EXPORT_TO_TERMINAL');
  expect(report.stderr).toContain('`> FILE`');
  expect(stdout.readableLength).toBe(0);
});

test('a raw disk gets any name if its format is named', async () => {
  const directory = await disk();
  const output = join(directory, 'out.hdd');
  const report = await main(['export', directory, '--output', output, '--format', 'raw']);
  expect(report).toMatchObject({ stderr: '', exitCode: 0 });
  expect(content(1, 1, 0, 0).equals(await readFile(output))).toBe(true);
});

test.each([
  [['export', '.']],
  [['export', '.', '--output', '-', '--verify']],
  [['export', '.', '--output', 'x', '--sparse', 'no']],
  [['export', '.', '--output', 'x', '--format', 'qcow2']],
])('%j is a wrong call', async (argv) => {
  expect(await main(argv)).toMatchObject({ stdout: '', exitCode: 2 });
});

test('the built program writes to stdout, and what it says to stderr', async () => {
  const directory = await disk();
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    BIN,
    'export',
    directory,
    '--output',
    '-',
  ]);
  expect(status).toBe(0);
  expect(content(1, 1, 0, 0).equals(stdout)).toBe(true);
  expect(stderr.toString()).toMatch(/^exported .* to -/);
});

/** {@link disk} of 30 GiB, almost all of them zeros: to hash or to write them takes long enough to be stopped. */
async function longDisk(): Promise<string> {
  const directory = await disk();
  const clusters = 1_000_000;
  const headerClusters = Math.ceil((64 + 4 * clusters) / CLUSTER);
  await writeFile(join(directory, 'd1'), imageBytes({ clusters }, [0, headerClusters], 1));
  return directory;
}

test('the built program stops in good order', async () => {
  const directory = await longDisk();
  const output = join(directory, 'out.raw');
  const program = spawn(process.execPath, [BIN, 'export', directory, '--output', output, '--hash']);
  const said = text(program.stderr);
  const ended = new Promise((resolve) => program.once('exit', resolve));
  while (!(await readdir(directory)).includes('out.raw.part'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  program.kill('SIGINT');
  expect(await ended).toBe(2);
  expect(await said).toMatch(/^interrupted; /);
  const names = await readdir(directory);
  expect(names).not.toContain('out.raw');
  expect(names).toContain('out.raw.part.json');
});

test('the built program stops where nobody reads its output any longer', async () => {
  const program = spawn(process.execPath, [BIN, 'export', await longDisk(), '--output', '-']);
  const said = text(program.stderr);
  const ended = new Promise((resolve) => program.once('exit', resolve));
  await once(program.stdout, 'readable');
  program.kill('SIGTERM');
  expect(await ended).toBe(2);
  expect(await said).toMatch(/^interrupted; /);
  program.stdout.destroy();
});

/** {@link disk} whose delta places its cluster beyond the end. */
async function damagedDisk(): Promise<string> {
  const directory = await disk();
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: 4 }, [0, 77], 1));
  return directory;
}

test('damage stops an export, which says how far it got and how to read on', async () => {
  const directory = await damagedDisk();
  for (const output of [join(directory, 'out.raw'), '/dev/null']) {
    const { stderr, exitCode } = await main(['export', directory, '--output', output]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('CLUSTER_BEYOND_END');
    expect(stderr).toContain(`up to byte ${String(CLUSTER)} of ${String(4 * CLUSTER)}`);
    expect(stderr).toContain('--salvage');
    expect(stderr).not.toContain('again to resume');
  }
});

test('what a salvage loses is listed, and the exit code is 1', async () => {
  const directory = await damagedDisk();
  const output = join(directory, 'out.raw');
  const argv = ['export', directory, '--salvage', '--force', '--output'];
  const { stdout, stderr, exitCode } = await main([...argv, output]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('error: EXPORT_LOST');
  expect(stdout).toMatch(/^exported /);
  expect(content(1, 0, 0, 0).equals(await readFile(output))).toBe(true);
  const list = JSON.parse(await readFile(`${output}.lost.json`, 'utf8')) as object;
  const lost = [
    {
      ...{ start: CLUSTER, end: 2 * CLUSTER, code: 'CLUSTER_BEYOND_END' },
      ...{ file: join(directory, 'd1'), offset: 77 * CLUSTER },
    },
  ];
  expect(list).toMatchObject({ format: 'ploop-lost', lost });
  const json = await main([...argv, output, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    diagnostics: [{ code: 'EXPORT_LOST' }],
    ...{ lost, lostBytes: CLUSTER, lostFile: `${output}.lost.json` },
  });
  const device = await main([...argv, '/dev/null']);
  expect(device.exitCode).toBe(1);
  expect(device.stdout).toContain(`lost: bytes ${String(CLUSTER)} to ${String(2 * CLUSTER - 1)}`);
});

test('many losses are a list of the first ones and a count, if no file lists them', async () => {
  const directory = await temporaryDirectory();
  const clusters = 64;
  const size = String(clusters * 64);
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{}], { blockSize: '64', size }),
  );
  const bat = Array.from({ length: clusters }, (_, index) => (index % 2 === 0 ? 77 + index : 0));
  await writeFile(join(directory, 'd0'), imageBytes({ clusters }, bat, 0));
  const argv = ['export', directory, '--salvage', '--output', '/dev/null'];
  const { stdout } = await main(argv);
  const lines = stdout.split('\n').filter((line) => line.startsWith('lost: '));
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe('lost: 12 more ranges; an export to a file lists all of them');
});

test('what opening a disk and its export both report is said once', async () => {
  const directory = await temporaryDirectory();
  const parts = [0, 1].map(
    (part) =>
      `<Storage><Start>${String(part * 128)}</Start><End>${String(part * 128 + 128)}</End>` +
      `<Blocksize>64</Blocksize><Image><GUID>${testGuid(0)}</GUID><Type>Plain</Type>` +
      `<File>p${String(part)}</File></Image></Storage>`,
  );
  const xml = descriptorXml([{ guid: testGuid(0) }], { blockSize: '64', size: '256' });
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    xml.replace(/<Storage>[^]*<\/Storage>/, parts.join('')),
  );
  const output = join(directory, 'out.raw');
  for (const cut of [0, 1]) {
    for (const part of [0, 1])
      await writeFile(
        join(directory, `p${String(part)}`),
        Buffer.alloc((part === cut ? 1 : 2) * CLUSTER, 7),
      );
    for (const more of [[], ['--salvage']]) {
      const argv = ['export', directory, '--force', '--json', '--output', output, ...more];
      const { stdout, exitCode } = await main(argv);
      expect(exitCode).toBeGreaterThan(0);
      const { diagnostics } = JSON.parse(stdout) as {
        diagnostics: readonly { code: string }[];
      };
      const codes = diagnostics.map(({ code }) => code);
      expect(codes.filter((code) => code === 'STORAGE_IMAGE_SIZE')).toHaveLength(1);
    }
  }
});

test.each([
  ['an image of the disk', 'a', (directory: string) => join(directory, 'd1')],
  ['a closed or ignored stdout', 'r+', () => '/dev/null'],
])('%s as stdout is refused', async (_, flags, fileOf) => {
  const directory = await disk();
  const before = await readFile(join(directory, 'd1'));
  const handle = await open(fileOf(directory), flags);
  const argv = [BIN, 'export', directory, '--output', '-'];
  const { status, stderr } = spawnSync(process.execPath, argv, {
    stdio: ['ignore', handle.fd, 'pipe'],
    encoding: 'utf8',
  });
  await handle.close();
  expect(status).toBe(2);
  expect(stderr).toContain('FILE_UNWRITABLE');
  expect(await readFile(join(directory, 'd1'))).toEqual(before);
});
