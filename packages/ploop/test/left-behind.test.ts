import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, isExit, openDisk } from '../src/index.ts';
import { imageBytes } from './header.ts';

/** A tool that does something to a disk and then fails. */
function failingAfter(work: () => Promise<unknown>): ReturnType<typeof createRunner> {
  return createRunner({
    release: { from: '9.0.30' },
    exec: async ({ argv }) => {
      const empty = { text: '', droppedBytes: 0 };
      const isList = argv.includes('list');
      if (!isList) await work();
      const exitCode = isList ? 0 : 12;
      return { exitCode, cancelled: false, timedOut: false, stdout: empty, stderr: empty };
    },
  });
}

test('a failed merge of release 9 leaves marks, files and directories, which the error names', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  const xml = descriptorXml([{}, { parent: 0 }, { parent: 1 }]);
  await writeFile(path, xml);
  for (const index of [0, 1, 2])
    await writeFile(join(directory, `d${String(index)}`), imageBytes());
  await writeFile(join(directory, 'd1.tmp'), 'of somebody else, from before');

  const runner = failingAfter(async () => {
    const text = await readFile(path, 'utf8');
    const shot = `<Shot><GUID>${testGuid(1)}</GUID><ParentGUID>${testGuid(0)}</ParentGUID>`;
    expect(text).toContain(shot);
    await writeFile(path, text.replace(shot, `${shot}<Temporary/>`));
    await writeFile(`${path}.tmp`, text);
    await writeFile(join(directory, 'd0.{new}'), '');
    await mkdir(join(directory, 'd0.mnt'));
  });
  const disk = await openDisk(directory, { runner });
  const error: unknown = await disk.mergeSnapshot(testGuid(1)).catch((caught: unknown) => caught);
  expect(isExit(error, 12)).toBe(true);
  const stray = (name: string): string =>
    `${join(directory, name)}, which the descriptor does not name`;
  expect((error as { leftBehind: string[] }).leftBehind.sort()).toEqual(
    [
      `snapshot ${testGuid(1)} marked temporary`,
      stray('DiskDescriptor.xml.tmp'),
      stray('d0.mnt'),
      stray('d0.{new}'),
    ].sort(),
  );
});

test('a descriptor that cannot be read afterwards is named, and an untouched disk leaves nothing', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, descriptorXml([{}, { parent: 0 }]));
  const idle = await openDisk(directory, { runner: failingAfter(() => Promise.resolve()) });
  await expect(idle.snapshot()).rejects.toMatchObject({ code: 'EXIT', leftBehind: [] });
  const ruinous = await openDisk(directory, { runner: failingAfter(() => rm(path)) });
  await expect(ruinous.snapshot()).rejects.toMatchObject({
    leftBehind: ['a descriptor that cannot be read'],
  });
});
