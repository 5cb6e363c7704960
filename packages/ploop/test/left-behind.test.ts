import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  createRunner,
  NIL_GUID,
  openDisk,
  TOP_GUID,
  type PloopError,
  type Runner,
} from '../src/index.ts';
import { imageBytes } from './header.ts';

const SNAPSHOT = testGuid(9);

const LISTED = `${TOP_GUID} ${NIL_GUID} * /p/d0\n`;

/** A tool that does something to a disk and then ends with an exit code. */
function runnerOf(
  work: () => Promise<string>,
  { from, exitCode }: { from: '1.15' | '9.0.30'; exitCode: number },
): Runner {
  return createRunner({
    release: { from, to: from },
    exec: async ({ argv }) => {
      const empty = { text: '', droppedBytes: 0 };
      const isChange = argv.some((argument) => /^snapshot(?:$|-(?!list))/.test(argument));
      const rows = argv.includes('snapshot-list') ? LISTED : '';
      const said = isChange ? await work() : rows;
      return {
        exitCode: isChange ? exitCode : 0,
        cancelled: false,
        timedOut: false,
        stdout: { text: said, droppedBytes: 0 },
        stderr: empty,
      };
    },
  });
}

async function chain(): Promise<{ directory: string; path: string }> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, descriptorXml([{}, { parent: 0 }, { parent: 1 }]));
  for (const index of [0, 1, 2])
    await writeFile(join(directory, `d${String(index)}`), imageBytes());
  return { directory, path };
}

async function failureOf(work: Promise<unknown>): Promise<PloopError> {
  return work.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as PloopError,
  );
}

test('a failed merge of release 9 leaves marks and files, which the error names', async () => {
  const { directory, path } = await chain();
  const runner = runnerOf(
    async () => {
      const text = await readFile(path, 'utf8');
      const shot = `<Shot><GUID>${testGuid(1)}</GUID><ParentGUID>${testGuid(0)}</ParentGUID>`;
      expect(text).toContain(shot);
      await writeFile(path, text.replace(shot, `${shot}<Temporary/>`));
      await writeFile(`${path}.tmp`, text);
      return `Storing ${path}.tmp\n`;
    },
    { from: '9.0.30', exitCode: 12 },
  );
  const disk = await openDisk(directory, { runner });
  const error = await failureOf(disk.mergeSnapshot(testGuid(1)));
  expect(error).toMatchObject({ exitCode: 12 });
  expect(error.leftBehind).toEqual([
    `snapshot ${testGuid(1)} marked temporary`,
    `${path}.tmp, which the descriptor does not name`,
  ]);
});

test('what other programs do meanwhile is not named, whatever it looks like', async () => {
  const { directory, path } = await chain();
  const other = testGuid(7);
  const runner = runnerOf(
    async () => {
      const text = await readFile(path, 'utf8');
      const changed = descriptorXml([{}, { parent: 0, guid: other }, { parent: 1 }]);
      await writeFile(path, changed.replace(/<File>d1</, '<File>d0.{theirs}<'));
      await writeFile(join(directory, 'd0.{theirs}'), imageBytes());
      await writeFile(join(directory, 'd0.{being-made}'), imageBytes());
      await mkdir(join(directory, 'd0.mnt'));
      await writeFile(`${path}.tmp`, text);
      return 'Opening delta /p/d0\n';
    },
    { from: '1.15', exitCode: 38 },
  );
  const disk = await openDisk(directory, { runner });
  const changes = [
    disk.snapshot({ guid: SNAPSHOT }),
    disk.mergeSnapshot(),
    disk.switchSnapshot(testGuid(0)),
  ];
  for (const [error] of [await Promise.all(changes.map(failureOf))])
    expect(error).toMatchObject({ leftBehind: [] });
});

test('what this call made is named as long as the descriptor does not name it', async () => {
  const { directory, path } = await chain();
  const delta = join(directory, 'd0.{new}');
  const said = `Storing ${path}.tmp\nCreating delta ${delta} bs=2048 size=32768 sectors v2\n`;
  const runner = runnerOf(
    async () => {
      await writeFile(delta, imageBytes());
      return said;
    },
    { from: '1.15', exitCode: 28 },
  );
  const disk = await openDisk(directory, { runner });
  const { leftBehind } = await failureOf(disk.snapshot({ guid: SNAPSHOT }));
  expect(leftBehind).toEqual([`${delta}, which the descriptor does not name`]);

  const xml = descriptorXml([{}, { parent: 0, guid: SNAPSHOT }, { parent: 1 }]);
  await writeFile(path, xml.replace(/<File>d2</, '<File>d0.{new}<'));
  const again = await failureOf(disk.snapshot({ guid: testGuid(8) }));
  expect(again.leftBehind.join()).not.toContain(delta);
});

test('a refusal stays one, whatever others have put beside the disk', async () => {
  const { directory } = await chain();
  const disk = await openDisk(directory, {
    runner: runnerOf(() => expect.fail('it ran'), { from: '1.15', exitCode: 1 }),
  });
  await writeFile(join(directory, 'd0.{theirs}'), imageBytes());
  const error = await failureOf(disk.deleteSnapshot(testGuid(2)));
  expect(error).toMatchObject({ name: 'RefusedError', code: 'REFUSED', leftBehind: [] });
  expect(error.message).not.toContain('left behind');
});

test('a descriptor that cannot be read afterwards is named, and an untouched disk leaves nothing', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, descriptorXml([{}, { parent: 0 }]));
  const options = { from: '9.0.30', exitCode: 12 } as const;
  const idle = await openDisk(directory, { runner: runnerOf(() => Promise.resolve(''), options) });
  await expect(idle.snapshot()).rejects.toMatchObject({ code: 'EXIT', leftBehind: [] });
  const ruinous = runnerOf(async () => {
    await rm(path);
    return `Storing ${path}\n`;
  }, options);
  const ruined = await openDisk(directory, { runner: ruinous });
  await expect(ruined.snapshot()).rejects.toMatchObject({
    leftBehind: ['a descriptor that cannot be read'],
  });
});
