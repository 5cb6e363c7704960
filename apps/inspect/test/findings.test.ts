import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { diagnostic } from '../../../packages/descriptor/src/diagnostics/diagnostic.ts';
import { describe } from '../src/output/findings.ts';
import { main } from '../src/main.ts';

async function disk(xml: string): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return directory;
}

const FOREIGN = ['Alpha', 'Beta', 'Gamma'].map((name) => `<${name}>1</${name}>`).join('');

test('the worst comes first, in text and in JSON, and JSON has the sentences', async () => {
  const directory = await disk(descriptorXml([{ file: 'gone', extra: '<Odd/>' }]));
  const { stdout } = await main(['check', directory]);
  expect(
    [...stdout.matchAll(/^(error|info): (?:\d+:\d+ )?(\w+)/gm)].map((match) => match[2]),
  ).toEqual(['DELTA_MISSING', 'ELEMENT_UNKNOWN']);
  for (const command of ['check', 'space', 'show']) {
    const report = await main([command, '--json', directory]);
    const { diagnostics } = JSON.parse(report.stdout) as {
      diagnostics: readonly { severity: string; message: string }[];
    };
    const severities = diagnostics.map(({ severity }) => severity);
    const order = ['error', 'warning', 'info'];
    expect(severities).toEqual(order.flatMap((one) => severities.filter((it) => it === one)));
    for (const { message } of diagnostics) expect(message).toMatch(/^\S.{10}/);
  }
});

test('elements that nobody knows are one line', async () => {
  const xml = descriptorXml([{ file: 'gone', extra: FOREIGN }]);
  const { stdout } = await main(['check', await disk(xml)]);
  const lines = stdout.split('\n').filter((line) => line.includes('ELEMENT_UNKNOWN'));
  expect(lines).toEqual([
    'info: ELEMENT_UNKNOWN the tool drops 3 elements when it rewrites the descriptor: Alpha, Beta, Gamma',
  ]);
});

test('findings of a kind have one hint, and a few of many are listed', async () => {
  const xml = descriptorXml([{ file: 'a' }, { file: 'b', parent: 0 }]);
  const directory = await disk(xml.replaceAll('2048', '4096'));
  const clusters = 20;
  const cut = imageBytes(
    { clusters },
    Array.from({ length: clusters }, (_, index) => index + 1),
  );
  await writeFile(join(directory, 'a'), cut.subarray(0, 3 * 32_768));
  await writeFile(join(directory, 'b'), imageBytes({ clusters }));
  const { stdout } = await main(['check', '--deep', directory]);
  const lines = stdout.split('\n');
  const of = (code: string): readonly string[] =>
    lines.filter((line) => line.includes(` ${code} `));
  expect(of('BLOCK_SIZE_DIFFERS')).toHaveLength(2);
  expect(lines.filter((line) => line.includes('correct Blocksize'))).toHaveLength(1);
  expect(of('CLUSTER_BEYOND_END')).toHaveLength(6);
  expect(of('CLUSTER_BEYOND_END').at(-1)).toBe(
    'error: CLUSTER_BEYOND_END 13 more; --json lists all',
  );
  expect(lines.filter((line) => line.includes('Do not let the tool repair it'))).toHaveLength(1);
  const { diagnostics } = JSON.parse(
    (await main(['check', '--deep', '--json', directory])).stdout,
  ) as {
    diagnostics: readonly { code: string }[];
  };
  expect(diagnostics.filter(({ code }) => code === 'CLUSTER_BEYOND_END')).toHaveLength(18);
});

test('a hint that several findings share is printed once', async () => {
  const page = '<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>';
  const { stdout } = await main(['check', await disk(page)]);
  expect(stdout.match(/the error page of a download/g)).toHaveLength(1);
  for (const code of ['DISK_PARAMETERS_MISSING', 'STORAGE_MISSING', 'SNAPSHOTS_MISSING'])
    expect(stdout).toContain(code);
  const hints = stdout.split('\n').filter((line) => line.startsWith('  '));
  expect(hints).toEqual([...new Set(hints)]);
});

test('a hint of worse findings is not printed again', () => {
  const error = diagnostic('STORAGE_MISSING', {});
  const hint = 'Do nothing.';
  const note = diagnostic('LOCK_FILE', { file: 'x' });
  expect(
    describe([
      { ...note, hint },
      { ...error, hint },
    ]),
  ).toEqual([
    expect.stringContaining('error: STORAGE_MISSING'),
    '  Do nothing.',
    expect.stringContaining('info: LOCK_FILE'),
    '  As for STORAGE_MISSING above.',
  ]);
});

test.each(['layers\\disk.hds', 'a\\\\b', '\\u', 'say "x"'])('%s is printed once', async (file) => {
  const xml = descriptorXml([{ file: file.replaceAll('"', '&quot;') }]);
  const directory = await disk(xml);
  const written = file.replaceAll('"', '\\u{22}');
  const { stdout } = await main(['check', directory]);
  expect(stdout).toContain(`"${directory}/${written}" of`);
  expect((await main(['tree', directory])).stdout).toContain(file);
  expect((await main(['show', directory])).stdout).toContain(file);
});

test('a path is in an error once', async () => {
  const { stderr } = await main(['check', '/nowhere/at/all']);
  expect(stderr.split('/nowhere/at/all')).toHaveLength(2);
});
