import { join } from 'node:path';

import { bytes, type ReleaseName } from '@ploop/descriptor';
import { createSimulatedPloop, type SimulatedPloop } from '@ploop/runner/testing';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createDisk, createRunner, type Disk } from '../src/index.ts';

const SIZE = bytes(16 * 2 ** 20);

async function diskOn(release: ReleaseName): Promise<SimulatedPloop & { readonly disk: Disk }> {
  const simulated = createSimulatedPloop({ release });
  const runner = createRunner({ exec: simulated.exec });
  const image = join(await temporaryDirectory(), 'root.hdd');
  const disk: Disk = await createDisk({ path: image, size: SIZE, fileSystem: 'none', runner });
  return { ...simulated, disk };
}

test.each(['1.15', '7.0.95', '8.0.75', '9.0.30'] as const)(
  'a disk lives on the simulated %s',
  async (release) => {
    const { disk } = await diskOn(release);
    const { guid } = await disk.snapshot();
    await disk.snapshot();
    expect((await disk.snapshots()).map((row) => row.guid)).toContain(guid);
    await disk.switchSnapshot(guid);
    await disk.deleteSnapshot(guid);
    expect((await disk.imageInfo()).size).toBe(SIZE);
  },
);

test('a run that is made to fail fails, and the next one does not', async () => {
  const { disk, fail } = await diskOn('1.15');
  fail({ command: 'snapshot', exitCode: 28 });
  await expect(disk.snapshot()).rejects.toMatchObject({ exitCode: 28 });
  expect(await disk.snapshots()).toHaveLength(1);
  await disk.snapshot();
  expect(await disk.snapshots()).toHaveLength(2);
});

test('what is not simulated does not succeed', async () => {
  const { disk } = await diskOn('1.15');
  await expect(disk.convert({ format: 'raw' })).rejects.toMatchObject({ exitCode: 70 });
});
