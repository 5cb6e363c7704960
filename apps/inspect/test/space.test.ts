import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';

const CLUSTER = 32_768;
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

/** A base with two branches, one of them the top; an orphan and a lock file beside them. */
async function disk(): Promise<string> {
  const directory = await temporaryDirectory();
  const write = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFile(join(directory, name), content);
  const nodes = [{ file: 'root.hdd' }, { parent: 0, file: 'side' }, { parent: 0, file: 'top' }];
  await write('DiskDescriptor.xml', descriptorXml(nodes, { blockSize: '64', size: '4096' }));
  await write('root.hdd', imageBytes({}, [1, 2, 3, 4], 5));
  await write('side', imageBytes({}, [1, 0, 2], 2));
  await write('top', imageBytes({}, [1, 2], 2));
  await write('lost', imageBytes({}, [1]));
  await write('DiskDescriptor.xml.lck', '');
  return directory;
}

test('what each image has, and what each operation would do', async () => {
  const directory = await disk();
  const { stdout, exitCode } = await main(['space', '--json', directory]);
  // A file that is left over is a warning.
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    path: join(directory, 'DiskDescriptor.xml'),
    accepted: true,
    images: [
      {
        guid: testGuid(0),
        bytes: 6 * CLUSTER,
        allocated: 4 * CLUSTER,
        shadowed: CLUSTER,
        unique: CLUSTER,
        shared: CLUSTER,
        unused: CLUSTER,
      },
      { guid: testGuid(1), allocated: 2 * CLUSTER, shadowed: 0, unique: 2 * CLUSTER, unused: 0 },
      { guid: TOP, allocated: 2 * CLUSTER },
    ],
    operations: [
      { guid: testGuid(0), operation: 'delete', outcome: 'marked-temporary', frees: 0, moves: 0 },
      { guid: testGuid(1), operation: 'delete', outcome: 'deleted', frees: 3 * CLUSTER, needs: 0 },
      { guid: testGuid(1), operation: 'merge', outcome: 'refused' },
      { guid: TOP, operation: 'delete', outcome: 'refused' },
      { guid: TOP, operation: 'merge', outcome: 'refused' },
    ],
    leftovers: [
      { code: 'LOCK_FILE', bytes: 0 },
      { code: 'DELTA_ORPHANED', file: join(directory, 'lost'), bytes: 2 * CLUSTER },
    ],
  });
});

test('the same for people', async () => {
  const { stdout, stderr, exitCode } = await main(['space', await disk()]);
  // A file that is left over is a warning.
  expect(exitCode).toBe(1);
  expect(stderr).toContain('DELTA_ORPHANED');
  const rows = stdout.split('\n');
  expect(rows[0]).toMatch(/^GUID +FILE SIZE +STORED +ALLOCATED +SHADOWED +UNIQUE +SHARED +UNUSED/);
  expect(rows[1]).toMatch(/128 KiB +32 KiB +32 KiB +32 KiB +32 KiB +root\.hdd$/);
  expect(stdout).toMatch(/delete +- +- +- +MARKED_TEMPORARY: .* only marked/m);
  expect(stdout).toMatch(/delete +96 KiB +0 B +0 B +BRANCH_REMOVED: .* gone afterwards/m);
  expect(stdout).toMatch(/^DELTA_ORPHANED +64 KiB/m);
});

test('what cannot be read is exit code 2', async () => {
  const report = await main(['space', await temporaryDirectory()]);
  expect(report).toMatchObject({ stdout: '', exitCode: 2 });
  expect(report.stderr).toContain('DESCRIPTOR_MISSING');
});

test('the live top is not an offer, in text and in JSON', async () => {
  const directory = await temporaryDirectory();
  const nodes = [{ file: 'root.hdd' }, { parent: 0, file: 'top' }];
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'root.hdd'), imageBytes({}, [1], 1));
  await writeFile(join(directory, 'top'), imageBytes({}, [1], 1));
  const { stdout } = await main(['space', '--json', directory]);
  const { operations } = JSON.parse(stdout) as { operations: { guid: string }[] };
  const row = operations.find(({ guid }) => guid === TOP);
  expect(row).toMatchObject({ outcome: 'refused', refusals: [{ code: 'SNAPSHOT_IS_TOP' }] });
  expect(row).not.toHaveProperty('frees');
  const text = await main(['space', directory]);
  expect(text.stdout).toMatch(/delete +- +- +- +refused: SNAPSHOT_IS_TOP: .*would be lost/);
});

test.each([
  ['missing', undefined],
  ['damaged', Buffer.alloc(65_536, 'x')],
])('an image that is %s makes numbers unknown, and never 0', async (_name, bytes) => {
  const directory = await temporaryDirectory();
  const nodes = [{ file: 'root.hdd' }, { parent: 0, file: 'middle' }, { parent: 1, file: 'top' }];
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const name of ['root.hdd', 'top'])
    await writeFile(join(directory, name), imageBytes({}, [1], 1));
  if (bytes !== undefined) await writeFile(join(directory, 'middle'), bytes);
  const { stdout } = await main(['space', '--json', directory]);
  const { images, operations } = JSON.parse(stdout) as Readonly<
    Record<'images' | 'operations', Record<string, unknown>[]>
  >;
  const [base] = images;
  expect(base).toMatchObject({ allocated: CLUSTER, unknown: 'IMAGE_UNREADABLE' });
  expect(base).not.toHaveProperty('shadowed');
  for (const row of operations) {
    expect(row).not.toHaveProperty('frees');
    expect(row['unknown']).toMatch(/^(?:REFUSED|IMAGE_UNREADABLE)$/);
  }
  const text = await main(['space', directory]);
  expect(text.stdout).not.toMatch(/(?:delete|merge) .* 0 B/);
});
