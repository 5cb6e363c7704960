import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import { serializeDescriptor } from '@ploop/descriptor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createDisk,
  createRunner,
  isPloopError,
  parseDescriptor,
  type Disk,
} from '../src/index.ts';
import { ASKED } from './asked.ts';

type Step = readonly ['snapshot' | 'switch' | 'delete' | 'delete-top' | 'merge', pick: number];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(
      'snapshot',
      'snapshot',
      'snapshot',
      'switch',
      'switch',
      'delete',
      'merge',
      'delete-top',
    ),
    fc.nat({ max: 30 }),
  ),
  { minLength: 1, maxLength: 14 },
);

const runner = createRunner(ASKED);

/** What the tool says of a disk, as our reads would. */
async function told(disk: Disk): Promise<{
  rows: { guid: string; parentGuid: string; current: boolean; file: string }[];
  chainOf: (guid: string) => { guid: string; file: string }[];
  top: { guid: string; file: string };
}> {
  const listed = await runner.snapshotList({ descriptor: disk.descriptorPath });
  const rows = listed.map((row) => ({ ...row, file: row.file ?? 'no file' }));
  const row = (guid: string): (typeof rows)[number] | undefined =>
    rows.find((one) => one.guid.toLowerCase() === guid.toLowerCase());
  const chainOf = (guid: string): { guid: string; file: string }[] => {
    const found = row(guid);
    return found === undefined
      ? []
      : [...chainOf(found.parentGuid), { guid: found.guid, file: found.file }];
  };
  const top = rows.find(({ current }) => current);
  if (top === undefined) throw new Error('the tool lists no top');
  return { rows, chainOf, top };
}

async function agree(disk: Disk): Promise<void> {
  const { rows, chainOf, top } = await told(disk);
  const snapshots = await disk.snapshots();
  expect(
    snapshots.map(({ guid, parentGuid, current, file }) => ({ guid, parentGuid, current, file })),
  ).toEqual(rows);
  expect(disk.snapshotsSync()).toEqual(snapshots);
  expect(await disk.topDelta()).toBe(top.file);
  expect(disk.topDeltaSync()).toBe(top.file);
  expect(await disk.images()).toEqual(chainOf(top.guid));
  for (const { guid } of rows) expect(disk.imagesSync(guid)).toEqual(chainOf(guid));
  const text = await readFile(disk.descriptorPath, 'utf8');
  const { diagnostics } = parseDescriptor(text);
  expect(serializeDescriptor(await disk.descriptor())).toBe(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const files = await readdir(dirname(disk.descriptorPath));
  const images = files.filter((file) => file.startsWith('root.hdd'));
  expect(images.sort()).toEqual(rows.map(({ file }) => file.replace(/^.*\//, '')).sort());
}

async function take(disk: Disk, [name, pick]: Step): Promise<unknown> {
  const snapshots = await disk.snapshots();
  const chosen = snapshots[pick % snapshots.length]?.guid ?? '';
  const spelled = pick % 2 === 0 ? chosen : chosen.toUpperCase();
  const top = snapshots.find(({ current }) => current)?.guid ?? '';
  switch (name) {
    case 'snapshot':
      return disk.snapshot();
    case 'switch':
      return disk.switchSnapshot(spelled);
    case 'delete':
      return disk.deleteSnapshot(spelled);
    case 'delete-top':
      return disk.deleteSnapshot(top, { discardTop: true });
    case 'merge':
      return disk.mergeSnapshot(pick % 3 === 0 ? undefined : spelled);
  }
}

describe.skipIf(!hasTool)('the real tool', () => {
  test('and our reads agree after every step of any life', async () => {
    const directory = await temporaryDirectory();
    const counts = { steps: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (life) => {
        for (const file of await readdir(directory)) await rm(join(directory, file));
        const disk = await createDisk({
          path: join(directory, 'root.hdd'),
          size: 4 * 2 ** 20,
          clusterSize: 2 ** 15,
          fileSystem: 'none',
        });
        for (const step of life) {
          await take(disk, step).catch((error: unknown) => {
            // What cannot be done now is refused, by us or by the tool; nothing else may go wrong.
            const expected =
              isPloopError(error) && (error.code === 'REFUSED' || error.code === 'EXIT');
            if (!expected) throw error;
            counts.refused += 1;
          });
          counts.steps += 1;
          await agree(disk);
        }
      }),
      sample('lives of a disk', 8),
    );
    console.info(
      `lives of a disk: ${String(counts.steps)} steps, ${String(counts.refused)} refused`,
    );
  });
});
