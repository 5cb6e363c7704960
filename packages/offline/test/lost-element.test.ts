import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, messageOf } from '@ploop/descriptor';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk, openSnapshot } from '../src/index.ts';
import { makeDisk, shapes, type MadeDisk } from './beside/make-disk.ts';

async function edit({ directory }: MadeDisk, change: (xml: string) => string): Promise<void> {
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, change(await readFile(path, 'utf8')));
}

async function codeOfOpening(directory: string, guid?: string): Promise<string> {
  const error: unknown = await openSnapshot(directory, guid).then(
    (snapshot) => snapshot.close(),
    (caught: unknown) => caught,
  );
  return error instanceof DescriptorError ? error.code : 'opened';
}

const cases = fc.record({ shape: shapes, which: fc.nat() });

test('a lost Image is named with the file that may be it, and no added shot is spoken of', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, which }) => {
      const disk = await makeDisk({ ...shape, deltas: shape.deltas + 1 });
      const index = which % disk.files.length;
      const guid = disk.guids[index] ?? '';
      await edit(disk, (xml) => xml.replace(new RegExp(`<Image><GUID>${guid}.*?</Image>`), ''));
      const { diagnostics, loaded } = await checkDisk(disk.directory);
      expect(loaded.accepted).toBe(false);
      expect(diagnostics.map(({ code }) => code).sort()).toEqual([
        'COUNT_MISMATCH',
        'SHOT_WITHOUT_IMAGE',
      ]);
      const lost = diagnostics.find(({ code }) => code === 'SHOT_WITHOUT_IMAGE');
      expect(lost?.data).toMatchObject({
        guid,
        candidates: [
          {
            name: disk.files[index],
            because: expect.arrayContaining([
              'disk of the same size',
              'the only image left over',
            ]) as unknown,
          },
        ],
      });
      expect(lost && messageOf(lost)).toContain('may be it');
      const mismatch = diagnostics.find(({ code }) => code === 'COUNT_MISMATCH');
      expect(mismatch?.hint).toContain('The cause is that of SHOT_WITHOUT_IMAGE');
      expect(await codeOfOpening(disk.directory)).toMatch(/COUNT_MISMATCH|SHOT_WITHOUT_IMAGE/);
    }),
    sample('lost images of descriptors', 8),
  );
});

test('a lost Shot has the same code in an export as in a check', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, which }) => {
      const disk = await makeDisk({ ...shape, deltas: shape.deltas + 1 });
      const index = which % disk.files.length;
      const guid = disk.guids[index] ?? '';
      await edit(disk, (xml) => xml.replace(new RegExp(`<Shot><GUID>${guid}.*?</Shot>`), ''));
      const { diagnostics } = await checkDisk(disk.directory);
      expect(diagnostics.map(({ code }) => code)).toContain('SHOT_LOST');
      if (index < disk.files.length - 1)
        expect(await codeOfOpening(disk.directory)).toBe('SHOT_LOST');
      else {
        const snapshot = await openSnapshot(disk.directory);
        await snapshot.close();
        expect(snapshot.diagnostics.map(({ code }) => code)).toContain('SHOT_LOST');
      }
      if (index < disk.files.length - 1)
        expect(await codeOfOpening(disk.directory, guid)).toBe('SHOT_LOST');
    }),
    sample('lost shots of descriptors', 8),
  );
});

test('a TopGUID that names no shot has the same code in an export as in a check', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, which }) => {
      const disk = await makeDisk(shape);
      const other = `{b0000000-0000-4000-8000-${String(which).padStart(12, '0').slice(-12)}}`;
      await edit(disk, (xml) => xml.replace(/(<TopGUID>)[^<]*/, `$1${other}`));
      expect((await checkDisk(disk.directory)).diagnostics.map(({ code }) => code)).toContain(
        'TOP_GUID_UNKNOWN',
      );
      expect(await codeOfOpening(disk.directory)).toBe('TOP_GUID_UNKNOWN');
      expect(await codeOfOpening(disk.directory, other)).toBe('SHOT_UNKNOWN');
    }),
    sample('unknown tops', 6),
  );
});
