import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';

const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

/** A disk with two images in order. */
async function disk(): Promise<{ readonly directory: string; readonly top: string }> {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{ file: 'root.hdd' }, { parent: 0, file: 'top.hdd' }], {
    blockSize: '64',
    size: '4096',
  });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'root.hdd'), imageBytes({}, [1, 2]));
  await writeFile(join(directory, 'top.hdd'), imageBytes({}, [0, 1], 1));
  return { directory, top: join(directory, 'top.hdd') };
}

test('a disk in order', async () => {
  const { directory } = await disk();
  expect(await main(['check', '--deep', directory])).toEqual({
    stdout: `${directory}/DiskDescriptor.xml: 2 images checked with their block allocation tables: 0 errors, 0 warnings, 0 notes\n`,
    stderr: '',
    exitCode: 0,
  });
});

test('what only the tables show needs --deep', async () => {
  const { directory, top } = await disk();
  await writeFile(top, imageBytes({}, [1, 1], 1));
  expect((await main(['check', directory])).exitCode).toBe(0);
  const { stdout, exitCode } = await main(['check', '--deep', directory]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(
    `error: CLUSTER_SHARED "${top}": clusters 0 and 1 are both at byte 32768`,
  );
  expect(stdout).toContain('1 error, 0 warnings, 0 notes');
});

test('a warning is enough for exit code 1, a note is not', async () => {
  const { directory, top } = await disk();
  await writeFile(top, imageBytes({}, [0, 1], 2).fill(0, 2 * 32_768));
  expect(await main(['check', '--deep', directory])).toMatchObject({ exitCode: 0 });
  await appendFile(top, 'tail');
  const report = await main(['check', '--json', directory]);
  expect(report.exitCode).toBe(1);
  expect(JSON.parse(report.stdout)).toMatchObject({
    accepted: true,
    deep: false,
    diagnostics: [{ code: 'FILE_END_ODD', data: { file: top } }],
    images: [
      { format: 'ploop', state: 'closed' },
      { file: top, version: 2, blockSize: 64 },
    ],
  });
});

test('parent volumes are checked along, and findings say in which', async () => {
  const { directory, top } = await disk();
  const child = await temporaryDirectory();
  const nodes = [{ guid: testGuid(9), parentGuid: TOP }];
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  const volume = `<Volume><Parent>${directory}</Parent></Volume><Storage>`;
  await writeFile(join(child, 'DiskDescriptor.xml'), xml.replace('<Storage>', volume));
  await writeFile(join(child, 'd0'), imageBytes({}, [1], 1));
  await writeFile(top, imageBytes({}, [1, 1], 1));
  const parent = join(directory, 'DiskDescriptor.xml');
  const { stdout } = await main(['check', '--deep', '--no-confine', child]);
  expect(stdout).toContain(`error: "${parent}" CLUSTER_SHARED "${top}"`);
  expect(stdout).toContain(': 3 images, those of 1 parent volume included, checked with');
  const report = await main(['check', '--deep', '--json', '--no-confine', child]);
  const { diagnostics, ...rest } = JSON.parse(report.stdout) as { diagnostics: unknown[] };
  expect(rest).toMatchObject({
    path: join(child, 'DiskDescriptor.xml'),
    images: [{ guid: testGuid(9) }, { disk: parent }, { disk: parent, file: top }],
    volumes: [parent],
  });
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ code: 'CLUSTER_SHARED', disk: parent }),
  );
  const space = await main(['space', '--no-confine', child]);
  expect(space.stdout).toContain(`  ${top}\n`);
  expect(space.stderr).toContain(`"${parent}" CLUSTER_SHARED`);
  const measured = await main(['space', '--json', '--no-confine', child]);
  expect(JSON.parse(measured.stdout)).toMatchObject({
    images: [{ guid: testGuid(9) }, { disk: parent }, { disk: parent }],
    volumes: [parent],
  });
});

test('a missing image is reported once, and the others are still checked', async () => {
  const { directory, top } = await disk();
  await writeFile(join(directory, 'root.hdd'), 'no image');
  await rm(top);
  const { stdout, exitCode } = await main(['check', '--json', directory]);
  expect(exitCode).toBe(1);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  expect(diagnostics.map(({ code }) => code)).toEqual(['DELTA_MISSING', 'HEADER_TOO_SHORT']);
});

test('what cannot be read is exit code 2', async () => {
  const directory = await temporaryDirectory();
  const { stdout, stderr, exitCode } = await main(['check', directory]);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toContain('DESCRIPTOR_MISSING');
  expect(stderr).not.toContain('ENOENT');
});

test('several disks are checked, and the worst exit code counts', async () => {
  const [sound, broken] = [await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(sound, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  await writeFile(join(sound, 'd0'), imageBytes({}, [1]));
  await writeFile(join(broken, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  expect((await main(['check', sound, broken])).exitCode).toBe(1);
  const missing = join(sound, 'none');
  const report = await main(['check', '--json', sound, missing, broken]);
  expect(report.exitCode).toBe(2);
  expect(JSON.parse(report.stdout)).toMatchObject([
    { path: join(sound, 'DiskDescriptor.xml'), accepted: true },
    { path: missing, accepted: false, diagnostics: [{ code: 'FILE_UNREADABLE' }] },
    { diagnostics: [{ code: 'DELTA_MISSING' }] },
  ]);
  expect(await main(['check', '--quiet', broken])).toEqual({ stdout: '', stderr: '', exitCode: 1 });
});

test('findings as annotations of GitHub keep to their line', async () => {
  const directory = join(await temporaryDirectory(), 'a,b:c%d\ne');
  await mkdir(directory);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
  const { stdout, exitCode } = await main(['check', '--format', 'github', directory]);
  expect(exitCode).toBe(1);
  const [line, ...more] = stdout.trimEnd().split('\n');
  expect(more).toEqual([]);
  expect(line).toMatch(/^::error file=[^,:]*a%2Cb%3Ac%25d\\u\{a\}e,title=DELTA_MISSING::.*%0A/);
});

test('findings as SARIF have their rule, level and place', async () => {
  const directory = await temporaryDirectory();
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{ extra: '<Odd/>' }], { blockSize: '64' }),
  );
  const { stdout, exitCode } = await main(['check', '--format', 'sarif', directory]);
  expect(exitCode).toBe(1);
  const uri = expect.stringMatching(/^file:\/\/\//) as string;
  const place = { physicalLocation: { artifactLocation: { uri } } };
  expect(JSON.parse(stdout)).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ploop-inspect', rules: [{ id: 'DELTA_MISSING' }, {}] } },
        results: [
          { ruleId: 'DELTA_MISSING', ruleIndex: 0, level: 'error', locations: [place] },
          {
            ruleId: 'ELEMENT_UNKNOWN',
            level: 'note',
            locations: [
              { physicalLocation: { region: { startLine: expect.any(Number) as number } } },
            ],
          },
        ],
      },
    ],
  });
});
