import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';

const BIN = join(import.meta.dirname, '..', 'dist', 'bin.js');
const XML = descriptorXml([
  { guid: '{11111111-0000-4000-8000-000000000000}', file: 'root.hdd' },
  { guid: '{22222222-0000-4000-8000-000000000000}', parent: 0, extra: '<Temporary/>' },
  { parent: 0 },
]);

async function written(xml: string): Promise<{ directory: string; path: string }> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, xml);
  return { directory, path };
}

test.each([[['bogus']], [['show']], [['show', 'a', 'b']], [['show', '--bogus', 'a']]])(
  'a wrong call says how to get help: %j',
  async (argv) => {
    const { stderr, exitCode } = await main(argv);
    expect(stderr).toMatch(/^error: .*\nAdd --help to list the arguments and options\.\n$/);
    expect(exitCode).toBe(2);
  },
);

test('--version prints the version of the package', async () => {
  const { stdout, exitCode } = await main(['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});

test('the help says of no flag that it is off', async () => {
  const { stdout } = await main(['export', '--help']);
  expect(stdout).toContain('--verify');
  expect(stdout).not.toMatch(/default:\s+false/);
});

test('show says what the descriptor says', async () => {
  const { directory, path } = await written(XML);
  const report = await main(['show', directory]);
  expect(report).toMatchObject({ stderr: '', exitCode: 0 });
  expect(report.stdout.split('\n')).toEqual([
    `descriptor  ${path}`,
    'root        Parallels_disk_image',
    'size        100 MiB (204800 sectors)',
    'cluster     1 MiB (2048 sectors)',
    'mode        expanded',
    'top         {5fbaabe3-6958-40ff-92a7-860e329aab41}',
    `top delta   ${directory}/d2`,
    '',
    'GUID                                    PARENT                                  FILE',
    '{11111111-0000-4000-8000-000000000000}  {00000000-0000-0000-0000-000000000000}  root.hdd',
    '{22222222-0000-4000-8000-000000000000}  {11111111-0000-4000-8000-000000000000}  d1        temporary',
    '{5fbaabe3-6958-40ff-92a7-860e329aab41}  {11111111-0000-4000-8000-000000000000}  d2        top',
    '',
  ]);
});

/** The descriptor as one of a split disk of two parts, whose files begin with `a-` and `b-`. */
function splitXml(): string {
  const [storage = ''] = /<Storage>[^]*<\/Storage>/.exec(XML) ?? [];
  const part = (start: number, end: number, prefix: string): string =>
    storage
      .replace('<Storage>', `<Storage><Start>${String(start)}</Start><End>${String(end)}</End>`)
      .replaceAll('<File>', `<File>${prefix}`);
  return XML.replace(storage, part(0, 102_400, 'a-') + part(102_400, 204_800, 'b-'));
}

test('show and tree have the images of every part of a split disk', async () => {
  const { path } = await written(splitXml());
  const { stdout } = await main(['show', path]);
  expect(stdout).toContain('\nstorage 2: sectors 102400 to 204800, cluster 1 MiB (2048 sectors)');
  expect(stdout).toContain('b-d1\n');
  const tree = JSON.parse((await main(['tree', '--json', path])).stdout) as object;
  expect(tree).toMatchObject({ snapshots: [{ files: ['a-root.hdd', 'b-root.hdd'] }, {}, {}] });
});

test.each([
  ['show'],
  ['top'],
  ['images'],
  ['map'],
  ['qemu'],
  ['partitions'],
  ['diff', 'base', 'top'],
])('%s says that the tool refuses a split disk', async (command, ...snapshots) => {
  const { directory, path } = await written(splitXml());
  for (const prefix of ['a-', 'b-'])
    for (const name of ['root.hdd', 'd1', 'd2'])
      await writeFile(
        join(directory, `${prefix}${name}`),
        imageBytes({ clusters: 50, blockSize: 2048 }),
      );
  const { stdout, exitCode } = await main([command, path, ...snapshots, '--json']);
  expect(exitCode).toBeLessThan(2);
  expect(JSON.parse(stdout)).toMatchObject({ accepted: false });
});

test('tree draws the graph', async () => {
  const { path } = await written(XML);
  expect(await main(['tree', path])).toEqual({
    stdout: '○ 11111111  root.hdd\n├─◌ 22222222  d1  (temporary)\n● 5fbaabe3  d2  (top)\n',
    stderr: '',
    exitCode: 0,
  });
});

test.each([
  ['text', '○ 11111111  root.hdd\n├─◌ 22222222'],
  ['ascii', 'o 11111111  root.hdd\n|-~ 22222222'],
  ['mermaid', 'flowchart TB'],
  ['dot', 'digraph snapshots {'],
  ['svg', '<svg xmlns="http://www.w3.org/2000/svg" class="ploop-tree"'],
])('tree --format %s', async (format, start) => {
  const { path } = await written(XML);
  const { stdout, ...rest } = await main(['tree', '--format', format, path]);
  expect(rest).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout.slice(0, start.length)).toBe(start);
  expect(stdout).toMatch(/[^\n]\n$/);
});

test('help names the formats', async () => {
  const { stdout } = await main(['tree', '--help']);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    '(choices: "text", "ascii", "mermaid", "dot", "svg", "json", default: "text")',
  );
  expect((await main(['show', '--help'])).stdout).not.toContain('--format');
});

test('JSON has the path, the verdict, the findings, and what the command is about', async () => {
  const { directory, path } = await written(XML);
  const codes = ['TEMPORARY_SNAPSHOT', 'DEAD_BRANCH'];
  const diagnostics = codes.map((code) => ({ code, severity: 'info' }));
  const common = { path, accepted: true, diagnostics };
  const show = JSON.parse((await main(['show', '--json', directory])).stdout) as object;
  expect(show).toMatchObject({
    ...common,
    descriptor: { size: 204800, images: [{ file: 'root.hdd' }, {}, {}] },
  });
  const tree = JSON.parse((await main(['tree', '--json', directory])).stdout) as object;
  expect(tree).toMatchObject({
    ...common,
    snapshots: [{}, { temporary: true }, { current: true }],
  });
});

test('a descriptor that the tool would refuse is shown, with what is wrong', async () => {
  const { path } = await written(XML.replace('>2048<', '>12<'));
  const report = await main(['show', path]);
  expect(report.exitCode).toBe(1);
  expect(report.stdout).toContain('cluster     6 KiB (12 sectors)');
  expect(report.stderr).toContain('BLOCK_SIZE_INVALID');
});

test('what cannot be read is said, in JSON too', async () => {
  const { path } = await written('<a>');
  expect(await main(['tree', path])).toMatchObject({ stdout: '', exitCode: 2 });
  const { stdout, exitCode } = await main(['tree', '--json', join(path, 'nothing')]);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    accepted: false,
    diagnostics: [{ code: 'FILE_UNREADABLE' }],
  });
});

test.each([
  [[]],
  [['shwo']],
  [['show']],
  [['show', '--nope', 'x']],
  [['show', '--format', 'text', 'x']],
  [['tree', '--format', 'png', 'x']],
])('%j is a wrong call', async (argv) => {
  const report = await main(argv);
  expect(report).toMatchObject({ stdout: '', exitCode: 2 });
  expect(report.stderr).not.toBe('');
});

test('help is not a failure', async () => {
  expect(await main(['--help'])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('hostile names stay on their line, a deep chain fits into JSON', async () => {
  const nodes = Array.from({ length: 5000 }, (_, index) =>
    index === 0 ? { file: 'a&#10;b\u0085' } : { parent: index - 1, guid: testGuid(index) },
  );
  const { path } = await written(descriptorXml(nodes));
  const { stdout } = await main(['tree', path]);
  expect(stdout.split('\n')[0]).toContain('a\\u{a}b\\u{85}');
  expect(JSON.parse((await main(['tree', '--json', path])).stdout)).toMatchObject({
    snapshots: { length: 5000 },
  });
});

test('the built program', async () => {
  const { path } = await written(XML);
  expect(execFileSync(process.execPath, [BIN, 'tree', path], { encoding: 'utf8' })).toContain(
    '(top)',
  );
  const failed = spawnSync(process.execPath, [BIN, 'tree', '/nowhere'], { encoding: 'utf8' });
  expect(failed).toMatchObject({ status: 2, stdout: '' });
  expect(failed.stderr).toContain('FILE_UNREADABLE');
});

test('a reader that stops early is not a failure', async () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => (index === 0 ? {} : { parent: 0 }));
  const { path } = await written(descriptorXml(nodes));
  const pipe = `"${process.execPath}" "${BIN}" tree "${path}" | head -n 1`;
  expect(spawnSync('bash', ['-o', 'pipefail', '-c', pipe], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});
