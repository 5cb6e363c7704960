import { spawnSync } from 'node:child_process';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';

/** A host: two disks in order, one with a missing image, one that is not XML, and a loop of symlinks. */
async function host(): Promise<string> {
  const root = await temporaryDirectory();
  const disk = async (name: string, images: readonly Uint8Array[], xml?: string) => {
    const directory = join(root, name, 'root.hdd');
    await mkdir(directory, { recursive: true });
    const shots = images.map((_, index) => (index === 0 ? {} : { parent: index - 1 }));
    await writeFile(
      join(directory, 'DiskDescriptor.xml'),
      xml ?? descriptorXml(shots, { blockSize: '64', size: '512' }),
    );
    for (const [index, bytes] of images.entries())
      if (bytes.length > 0) await writeFile(join(directory, `d${String(index)}`), bytes);
  };
  const image = imageBytes({ clusters: 8 }, [1]);
  await disk('101', [image]);
  await disk('102', [image, imageBytes({ clusters: 8 }, [1, 2, 3], 3)]);
  await disk('103', [image, new Uint8Array()]);
  await disk('104', [], 'no xml');
  await symlink('..', join(root, '101', 'loop'));
  return root;
}

interface Row {
  readonly path: string;
  readonly stored: number;
  readonly codes: readonly string[];
}

async function disksOf(...argv: readonly string[]): Promise<readonly Row[]> {
  const { stdout } = await main(['scan', '--json', ...argv]);
  return (JSON.parse(stdout) as { disks: readonly Row[] }).disks;
}

test('every disk is listed once, those in trouble first', async () => {
  const root = await host();
  const disks = await disksOf(root, join(root, '102'));
  const place = (name: string) => join(root, name, 'root.hdd', 'DiskDescriptor.xml');
  expect(disks.map(({ path }) => path).sort()).toEqual(['101', '102', '103', '104'].map(place));
  expect(
    disks
      .slice(0, 2)
      .map(({ codes }) => codes[0])
      .sort(),
  ).toEqual(['DELTA_MISSING', 'XML_SYNTAX']);
  const [whole] = disks.filter(({ path }) => path === place('102'));
  const stats = await Promise.all(
    ['d0', 'd1'].map((name) => stat(join(root, '102/root.hdd', name))),
  );
  expect(whole).toEqual({
    ...{ host: hostname(), path: place('102'), accepted: true },
    ...{ size: 512 * 512, snapshots: 1, errors: 0, warnings: 0, codes: [] },
    fileBytes: stats.reduce((sum, { size }) => sum + size, 0),
    stored: stats.reduce((sum, { blocks }) => sum + blocks * 512, 0),
  });
  const bySize = await disksOf('--sort', 'size', root);
  expect(bySize.map(({ stored }) => stored)).toEqual(
    disks.map(({ stored }) => stored).sort((one, other) => other - one),
  );
  expect(await disksOf('--top', '1', root)).toHaveLength(1);
});

test('the table, its totals and the exit code', async () => {
  const root = await host();
  const { stdout, exitCode } = await main(['scan', root]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ERRORS +WARNINGS +SIZE +FILES +STORED +SNAPSHOTS +DISK/);
  expect(stdout).toContain('4 disks, 2 with errors, 0 with warnings alone');
  expect((await main(['scan', join(root, '101')])).exitCode).toBe(0);
  const none = await main(['scan', await temporaryDirectory()]);
  expect(none).toMatchObject({ stdout: 'No disks were found.\n', exitCode: 0 });
  const missing = await main(['scan', join(root, 'none'), join(root, '101')]);
  expect(missing.exitCode).toBe(2);
  expect(missing.stdout).toContain('1 disk,');
  for (const top of ['0', '-1', 'x', '1.5'])
    expect((await main(['scan', '--top', top, root])).exitCode).toBe(2);
});

test('lines of JSON of several hosts are read back into one table', async () => {
  const root = await host();
  const stdout = new PassThrough();
  await main(['scan', '--format', 'jsonl', root], { stdout, stderr: new PassThrough() });
  const lines = String(stdout.read());
  expect(lines.trimEnd().split('\n')).toHaveLength(4);
  const file = join(root, 'two.jsonl');
  await writeFile(
    file,
    `${lines}${lines.replaceAll(hostname(), 'other')}{"no":"row"}\n\nnonsense\n`,
  );
  const { stdout: table, stderr, exitCode } = await main(['scan', '--merge', file]);
  expect(table).toContain('8 disks, 4 with errors');
  expect(table).toMatch(/ HOST /);
  expect(stderr.match(/line (?:9|11): this is not a disk of a scan/g)).toHaveLength(2);
  expect(exitCode).toBe(1);
  expect((await main(['scan', '--merge', join(root, 'none.jsonl')])).exitCode).toBe(2);
});

test('metrics for a node exporter', async () => {
  const root = await host();
  const { stdout } = await main(['scan', '--format', 'prometheus', root]);
  const path = join(root, '103', 'root.hdd', 'DiskDescriptor.xml');
  expect(stdout).toContain(`ploop_disk_findings{path="${path}",severity="error"} 1\n`);
  expect(stdout).toMatch(/^ploop_disk_size_bytes\{path=".*101.*"\} 262144$/m);
  expect(stdout).toMatch(/^ploop_scan_disks 4$/m);
  // Each sample is of a metric that is described once.
  const described = [...stdout.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name);
  expect(new Set(described).size).toBe(described.length);
  for (const [, name] of stdout.matchAll(/^(ploop_\w+)/gm)) expect(described).toContain(name);
});

test('a reader that has gone ends the scan', async () => {
  const bin = join(import.meta.dirname, '..', 'bin', 'ploop-inspect.js');
  const call = '"$0" "$1" scan --format jsonl "$2" | head -n 1';
  const { stdout, stderr } = spawnSync('bash', ['-c', call, process.execPath, bin, await host()], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toBe('');
});
