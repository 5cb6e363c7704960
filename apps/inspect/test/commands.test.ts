import { execFileSync, spawn } from 'node:child_process';
import { access, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import { expect, test, vi } from 'vitest';

import { main } from '../src/main.ts';

const CLUSTER = 32_768;
const [BASE, MIDDLE, OTHER, TOP] = [
  '{11111111-0000-4000-8000-000000000001}',
  '{22222222-0000-4000-8000-000000000002}',
  '{22223333-0000-4000-8000-000000000003}',
  '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
];

/** A base with two children, of which one has the top on it. */
async function disk(name = 'root.hdd'): Promise<string> {
  const directory = join(await temporaryDirectory(), 'a disk');
  await mkdir(directory);
  const shots = [
    { guid: BASE, file: name },
    { guid: MIDDLE, file: 'm', parent: 0 },
    { guid: OTHER, file: 'o', parent: 0 },
    { guid: TOP, file: 't', parent: 1 },
  ];
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml(shots, { blockSize: '64', size: '512' }),
  );
  const images: readonly (readonly [string, Uint8Array])[] = [
    [name, imageBytes({ clusters: 8 }, [1, 2, 3], 3)],
    ['m', imageBytes({ clusters: 8 }, [0, 1], 1)],
    ['o', imageBytes({ clusters: 8 }, [0, 0, 1], 1)],
    ['t', imageBytes({ clusters: 8 }, [0, 0, 0, 0, 0, 0, 0, 1], 1)],
  ];
  for (const [file, bytes] of images) await writeFile(join(directory, file), bytes);
  return directory;
}

async function json(...argv: readonly string[]): Promise<unknown> {
  const { stdout } = await main([...argv, '--json']);
  return JSON.parse(stdout);
}

test('snapshots are named by GUID, its beginning, top and base', async () => {
  const directory = await disk();
  const files = async (name: string) =>
    (await main(['images', directory, '--snapshot', name])).stdout.trimEnd().split('\n').length;
  const counts = { top: 3, base: 1, 22222: 2, '{22223': 2, [MIDDLE]: 2, [OTHER.slice(1, -1)]: 2 };
  for (const [name, count] of Object.entries(counts)) expect(await files(name)).toBe(count);
  for (const [name, code, said] of [
    ['2222', 'SNAPSHOT_AMBIGUOUS', `${MIDDLE}, ${OTHER}`],
    ['3', 'SHOT_UNKNOWN', 'there is no shot 3'],
    ['', 'SHOT_UNKNOWN', 'there is no shot'],
    ['*', 'SHOT_UNKNOWN', 'there is no shot *'],
  ] as const) {
    const { stderr, exitCode } = await main(['images', directory, '--snapshot', name]);
    expect({ name, exitCode }).toEqual({ name, exitCode: 2 });
    expect(stderr).toContain(`${code} `);
    expect(stderr).toContain(said);
  }
});

test('top and images print bare paths, base first', async () => {
  const directory = await disk();
  const paths = ['root.hdd', 'm', 't'].map((name) => join(directory, name));
  expect(await main(['top', directory])).toEqual({
    stdout: `${join(directory, 't')}\n`,
    stderr: '',
    exitCode: 0,
  });
  expect((await main(['images', '-0', directory])).stdout).toBe(
    paths.map((path) => `${path}\0`).join(''),
  );
  expect(await json('images', directory)).toMatchObject({
    guid: TOP,
    images: paths.map((file) => ({ file })),
  });
});

test('a path that a line cannot hold is printed with NUL only', async () => {
  const directory = await disk('two&#10;lines');
  const { stdout, stderr, exitCode } = await main(['images', directory]);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toContain('Use --null.');
  expect((await main(['images', '--null', directory])).stdout).toContain('/two\nlines\0');
});

test('explain prints the page of a code, and knows those that it lists', async () => {
  const { stdout } = await main(['explain']);
  const codes = stdout.trimEnd().split('\n');
  expect(codes.length).toBeGreaterThan(150);
  for (const code of codes) {
    const page = await main(['explain', code.toLowerCase()]);
    expect(page.stdout.startsWith(`# ${code}\n`)).toBe(true);
    expect(page.exitCode).toBe(0);
  }
  for (const code of ['NOPE', '../../package', 'README', '']) {
    const { stdout: nothing, exitCode } = await main(['explain', code]);
    expect({ nothing, exitCode }).toEqual({ nothing: '', exitCode: 2 });
  }
  expect((await main(['explain', 'delta_miss'])).stderr).toContain('Did you mean DELTA_MISSING?');
});

test('map says which image holds what', async () => {
  const directory = await disk();
  expect(await json('map', directory)).toMatchObject({
    size: 8 * CLUSTER,
    images: [{ guid: BASE }, { guid: MIDDLE }, { guid: TOP }],
    extents: [
      { start: 0, length: CLUSTER, image: 0 },
      { start: CLUSTER, length: CLUSTER, image: 1 },
      { start: 2 * CLUSTER, length: CLUSTER, image: 0 },
      { start: 3 * CLUSTER, length: 4 * CLUSTER },
      { start: 7 * CLUSTER, length: CLUSTER, image: 2 },
    ],
  });
  const { stdout } = await main(['map', directory]);
  expect(stdout).toContain(
    `0 ${'a'.repeat(8)}${'b'.repeat(8)}${'a'.repeat(8)}${'.'.repeat(32)}${'c'.repeat(8)} 256 KiB`,
  );
});

test('diff says where two snapshots can differ', async () => {
  const directory = await disk();
  expect(await json('diff', directory, 'base', 'top')).toMatchObject({
    ...{ older: BASE, newer: TOP, bytes: 2 * CLUSTER },
    ranges: [
      { start: CLUSTER, length: CLUSTER, data: true },
      { start: 7 * CLUSTER, length: CLUSTER, data: true },
    ],
  });
  const same = await main(['diff', directory, 'base', '11111111']);
  expect(same).toMatchObject({ stdout: 'The snapshots do not differ.\n', exitCode: 0 });
});

test('map and diff count what they do not list', async () => {
  const clusters = 200_200;
  const directory = await temporaryDirectory();
  const size = clusters * 64;
  const xml = descriptorXml(
    [
      { guid: BASE, file: 'b' },
      { guid: TOP, file: 't', parent: 0 },
    ],
    {
      ...{ blockSize: '64', size: String(size) },
    },
  );
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const first = Math.ceil((64 + 4 * clusters) / CLUSTER);
  const table = Array.from({ length: clusters }, (_, index) =>
    index % 2 === 0 ? first + index / 2 : 0,
  );
  await writeFile(join(directory, 'b'), imageBytes({ clusters }));
  await writeFile(join(directory, 't'), imageBytes({ clusters }, table, 0));
  await truncate(join(directory, 't'), (first + clusters / 2) * CLUSTER);
  const held = (clusters / 2) * CLUSTER;
  const { stdout } = await main(['map', directory]);
  expect(stdout).toContain(`b  ${(held / 2 ** 30).toPrecision(3)} GiB  ${TOP}`);
  const more = `${String(clusters / 2 - 40)} more; --json lists some of them\n`;
  expect(stdout.endsWith(more)).toBe(true);
  expect((await main(['diff', directory, 'base', 'top'])).stdout.endsWith(more)).toBe(true);
  expect(await json('map', directory)).toMatchObject({ truncated: true });
  expect(await json('diff', directory, 'base', 'top')).toMatchObject({
    ...{ bytes: held, truncated: true },
  });
});

test('partitions says that nothing is recognised', async () => {
  const { stdout, exitCode } = await main(['partitions', await disk()]);
  expect({ stdout, exitCode }).toEqual({
    stdout: 'Nothing on the disk is recognised.\n',
    exitCode: 0,
  });
});

test.skipIf(!hasQemu)('qemu reads by the lines that are printed', async () => {
  const directory = await disk();
  const raw = join(directory, 'by qemu.raw');
  const { stdout } = await main(['qemu', directory, '--snapshot', '22222', '--output', raw]);
  const line = stdout.split('\n').find((one) => one.startsWith('qemu-img convert')) ?? '';
  execFileSync('sh', ['-c', line]);
  const ours = join(directory, 'ours.raw');
  await main(['export', directory, '--snapshot', '22222', '--output', ours]);
  expect((await readFile(raw)).equals(await readFile(ours))).toBe(true);
});

test('an image that QEMU would read zeros of is reported beside the lines', async () => {
  const directory = await disk();
  await truncate(join(directory, 'm'), CLUSTER);
  const { stdout, stderr, exitCode } = await main(['qemu', directory]);
  expect(stdout).toContain('qemu-img convert');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('CLUSTER_BEYOND_END')]);
});

test.skipIf(!hasQemu)('qemu serves by the line that is printed', async () => {
  const directory = await disk();
  const { lines } = (await json('qemu', directory)) as { lines: Readonly<Record<string, string>> };
  const printed = resolve('ploop.sock');
  const socket = join(directory, 'socket');
  expect(lines['nbd']).toContain(printed);
  const line = lines['nbd']?.replace(printed, `'${socket}'`) ?? '';
  const server = spawn('sh', ['-c', `exec ${line}`], { stdio: 'ignore' });
  const served = join(directory, 'served.raw');
  const url = `nbd+unix:///?socket=${encodeURIComponent(socket)}`;
  try {
    await vi.waitFor(() => access(socket), { timeout: 10_000 });
    await qemuImg('convert', '-f', 'raw', '-O', 'raw', url, served);
  } finally {
    server.kill();
  }
  const ours = join(directory, 'ours.raw');
  await main(['export', directory, '--output', ours]);
  expect((await readFile(served)).equals(await readFile(ours))).toBe(true);
});

test('plan tells what a change would do, and exits with 1 where it is refused or loses data', async () => {
  const directory = await disk();
  const call = (...argv: readonly string[]) => main(['plan', ...argv]);
  const middle = await call('delete', directory, '22222');
  expect(middle.stdout).toMatch(/^delete: merged\nmerges t into m\nremoves t\nfrees .*\n\nnow:\n/);
  expect(middle.exitCode).toBe(0);
  const leaf = await call('delete', directory, '22223');
  expect(leaf.stdout).toContain('BRANCH_REMOVED');
  expect(leaf.exitCode).toBe(1);
  const top = await call('delete', directory, 'top');
  expect(top.stdout).toContain('refused: SNAPSHOT_IS_TOP');
  expect(top.exitCode).toBe(1);
  expect((await call('delete', directory, 'top', '--discard-top')).stdout).toMatch(
    /^delete: deleted/,
  );
  expect((await call('snapshot', directory)).exitCode).toBe(0);
  expect((await call('switch', directory, 'base')).stdout).toContain('TOP_DISCARDED');
  expect((await call('merge', directory, 'top', '--all')).exitCode).toBe(2);
  expect((await call('delete', directory, '9')).exitCode).toBe(2);
  expect((await call('delete', directory, '22222', '--release', '1.10')).exitCode).toBe(2);
  expect(await json('plan', 'merge', directory)).toMatchObject({
    ...{ operation: 'merge', outcome: 'merged', guid: TOP },
    actions: [
      { action: 'merge', file: 't', into: 'm' },
      { action: 'remove', file: 't' },
    ],
    bytes: { moves: CLUSTER },
  });
});
